//! The rules of re-authentication.

use diesel_async::AsyncConnection;

use super::{Proof, store};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        budget,
        otp::{self, CodeChannel, Identifier, OtpCode, Proves, Tries},
    },
    credentials::{Identity, Password, PasswordHash, Purpose, Verdict},
    error::{ApiError, ApiResult, ErrorCode},
    state::{AppState, WorkerState},
    throttle::{self, Limit},
};

/// Tries per session. A stolen access token must not allow guessing the password, or blocking the
/// re-authentication of the owner's other sessions.
const TRIES: Limit = Limit { times: 10, minutes: 15 };

/// Codes that an account can request per channel.
const CODES: Limit = Limit { times: 3, minutes: 15 };

/// Failed re-authentications that are recorded per account and kind of event.
const RECORDED: Limit = Limit { times: 1, minutes: 15 };

/// Requires a valid `proof` from the account's owner: 401 `invalid_credentials` or `invalid_code`,
/// 403 `reauthentication_required` without a proof, 429. An account that has neither a password nor
/// a verified address or number can prove itself by a login within the last ten minutes.
pub async fn require(state: &WorkerState, identity: Identity, proof: Proof) -> ApiResult<()> {
    let account = {
        let conn = state.pool.get().await?;
        let account = store::find(&conn, identity).await?;
        account.ok_or_else(ApiError::invalid_access_token)?
    };
    match proof {
        Proof::Password(password) => {
            take_try(state, identity).await?;
            check_password(state, identity, account.password_hash, password).await
        }
        Proof::Code(code) => {
            take_try(state, identity).await?;
            check_code(state, identity, &code).await
        }
        Proof::Nothing if account.has_nothing_to_prove_with() && account.is_fresh => Ok(()),
        Proof::Nothing => Err(ApiError::new(
            ErrorCode::ReauthenticationRequired,
            "send `password`, or `code` from POST /me/otp; if you have neither, log in again",
        )),
    }
}

/// Like [`require`], for operations that show the log to others. A failure is recorded as
/// `refused`, so that the owner learns of it, but at most once in 15 minutes, so that nobody
/// can flood the list.
pub async fn require_or_record(
    state: &WorkerState,
    identity: Identity,
    proof: Proof,
    refused: EventKind,
    device: &Device,
) -> ApiResult<()> {
    let Err(error) = require(state, identity, proof).await else { return Ok(()) };
    if matches!(
        error.code,
        ErrorCode::ReauthenticationRequired
            | ErrorCode::InvalidCredentials
            | ErrorCode::InvalidCode
    ) {
        let limited = [identity.user_id.as_bytes(), refused.to_string().as_bytes()].concat();
        let key = state.server_key.tag(Purpose::Throttle, "refused-proof", &limited);
        let conn = state.pool.get().await?;
        if throttle::take(&conn, key, RECORDED).await.is_ok() {
            audit::record(&conn, &Event::of(refused, identity.user_id).from(device)).await?;
        }
    }
    Err(error)
}

/// Sends a code to the verified address or number of the account.
pub async fn request_code(
    state: &WorkerState,
    identity: Identity,
    channel: CodeChannel,
) -> ApiResult<()> {
    state.require_channel(channel.into())?;
    let shared: &AppState = state;
    let server_key = &shared.server_key;
    let limited = [identity.user_id.as_bytes(), channel.to_string().as_bytes()].concat();
    let key = server_key.tag(Purpose::Throttle, "change-code", &limited);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let account = store::find(conn, identity).await?;
        let account = account.ok_or_else(ApiError::invalid_access_token)?;
        let to = match channel {
            CodeChannel::Email => account.proven_email.map(Identifier::Email).ok_or_else(|| {
                ApiError::new(ErrorCode::EmailMissing, "this account has no verified address")
            })?,
            CodeChannel::Sms => account.settled_number.map(Identifier::Phone).ok_or_else(|| {
                ApiError::new(
                    ErrorCode::PhoneNumberMissing,
                    "this account has no phone number that was verified at least three days ago and before this login",
                )
            })?,
        };
        throttle::take(conn, key, CODES).await?;
        if let Identifier::Phone(number) = &to {
            budget::require_texts(shared, conn, number).await?;
            if !budget::take_text(shared, conn).await? {
                return Ok(());
            }
        }
        let tries = Tries::of_owner(server_key, identity.user_id);
        otp::issue(conn, &tries, Proves::Change, &to).await
    })
    .await
}

async fn take_try(state: &WorkerState, identity: Identity) -> ApiResult<()> {
    let session_id = identity.session_id.as_bytes();
    let key = state.server_key.tag(Purpose::Throttle, "reauthentication", session_id);
    let conn = state.pool.get().await?;
    throttle::take(&conn, key, TRIES).await
}

async fn check_password(
    state: &WorkerState,
    identity: Identity,
    stored: Option<PasswordHash>,
    password: Password,
) -> ApiResult<()> {
    let session_id = identity.session_id.as_bytes();
    let run = state.server_key.tag(Purpose::Throttle, "password-run-session", session_id);
    let is_open = {
        let conn = state.pool.get().await?;
        throttle::store::extend_run(&conn, &run).await?
    };
    if !is_open {
        return Err(ApiError::new(
            ErrorCode::ReauthenticationRequired,
            "too many wrong passwords in this session; log in again",
        ));
    }
    if state.hasher.verify(password, stored.as_ref()).await? != Verdict::Wrong {
        let conn = state.pool.get().await?;
        return Ok(throttle::store::forgive(&conn, &[run]).await?);
    }
    Err(ApiError::new(ErrorCode::InvalidCredentials, "the password is wrong"))
}

async fn check_code(state: &WorkerState, identity: Identity, code: &OtpCode) -> ApiResult<()> {
    let user_id = identity.user_id;
    let mut conn = state.pool.get().await?;
    otp::redeem(&mut conn, &state.server_key, user_id, Proves::Change, None, code).await.map(drop)
}
