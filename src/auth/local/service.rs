//! The rules of password accounts. No database connection is held while a password is hashed.

use diesel_async::AsyncConnection;
use ipnet::IpNet;
use uuid::Uuid;

use super::{
    store,
    types::{Login, Reset, acceptable, invalid_token},
};
use crate::{
    auth::{
        AuthResponse, Device,
        attempts::{self, Attempt, Way},
        audit::{self, Event, EventKind},
        budget,
        grants::{self, StillOpen},
        in_uniform_time, invitations, sessions, store as users,
    },
    credentials::{
        Account, Digest, EmailAddress, LoginMethod, OneTimeToken, PasswordHash, Purpose, ServerKey,
        Verdict,
    },
    error::{ApiError, ApiResult, ErrorCode},
    outbox::{self, Channel, Message},
    state::{AppState, WorkerState},
};

/// Verifies the mailbox, and activates the password of the registration to which the token belongs.
/// Passwords of other registrations are deleted.
pub async fn verify_email(
    state: &WorkerState,
    token: &OneTimeToken,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &AppState = state;
    let digests = state.server_key.digests(Purpose::VerifyEmail, token);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let found = store::find_registration(conn, &digests).await?.ok_or_else(invalid_token)?;
        if !store::activate(conn, &found).await? {
            return Err(invalid_token());
        }
        if let Some(id) = found.invitation_id {
            invitations::accepted(conn, id, found.user_id, device).await?;
        }
        users::delete_data_of_strangers(conn, found.user_id).await?;
        users::set_display_name(conn, found.user_id, found.display_name.as_deref()).await?;
        let account = users::end_sessions(conn, found.user_id).await?;
        let event = Event::of(EventKind::EmailVerified, found.user_id).from(device);
        audit::record(conn, &event).await?;
        if let Some(email) = &account.email {
            attempts::reopen(conn, &shared.server_key, account.user_id, email).await?;
        }
        sessions::open(shared, conn, &account, LoginMethod::Local, device).await
    })
    .await
}

/// Mails the token of the newest registration again, and extends its validity to 24 hours from now.
pub async fn resend_verification(
    state: &WorkerState,
    email: &EmailAddress,
    network: Option<IpNet>,
    device: &Device,
) -> ApiResult<()> {
    state.require_channel(Channel::Email)?;
    count(state, Way::ResendVerification, email, device).await?;
    let shared: &AppState = state;
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            if budget::take_message(shared, conn, email.as_str(), network).await?
                && let Some((user_id, id)) = store::extend_newest_registration(conn, email).await?
            {
                outbox::store::enqueue(conn, &Message::verify_email(user_id, id)).await?;
            }
            Ok(())
        })
        .await
    })
    .await
}

/// Logs in with a password. Exactly one hash is verified, for known and unknown addresses alike. An
/// unverified address has no password yet: otherwise a login after registering would reveal whether
/// the address was already known.
pub async fn login(state: &WorkerState, login: Login, device: &Device) -> ApiResult<AuthResponse> {
    let email = login.email.clone();
    let shared: &AppState = state;
    let (found, counted) = {
        let mut conn = state.pool.get().await?;
        let found = store::find_password_login(&conn, &email).await?;
        let owner = found.as_ref().map(|found| found.user_id);
        let attempt = Attempt { way: Way::Login, identifier: email.as_str(), owner, device };
        (found, attempt.begin(shared, &mut conn).await?)
    };
    let stored = found.as_ref().and_then(store::PasswordLogin::password_hash);
    let verdict = state.hasher.verify(login.password.clone(), stored.as_ref()).await?;
    let user_id = found.as_ref().map(|found| found.user_id);
    let Some(found) = found.filter(|_| verdict != Verdict::Wrong) else {
        record_failure(state, user_id, device).await?;
        return Err(counted.refuse(ApiError::new(
            ErrorCode::InvalidCredentials,
            "the address or password is wrong, or the address is not confirmed yet",
        )));
    };
    if let Some(old) = stored.filter(|_| verdict == Verdict::Outdated) {
        upgrade_hash(state, found.user_id, &old, login).await?;
    }
    let account =
        Account { user_id: found.user_id, token_version: found.token_version, email: Some(email) };
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        counted.succeed(conn).await?;
        sessions::open(shared, conn, &account, LoginMethod::Local, device).await
    })
    .await
}

/// Counts an attempt to have something mailed to `email`, before anything else is done.
pub(super) async fn count(
    state: &WorkerState,
    way: Way,
    email: &EmailAddress,
    device: &Device,
) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    let owner = users::find_user(&conn, email).await?;
    let attempt = Attempt { way, identifier: email.as_str(), owner, device };
    attempt.begin(state, &mut conn).await.map(drop)
}

/// Records the failed login. An unknown address takes the same work as a wrong password.
async fn record_failure(
    state: &WorkerState,
    user_id: Option<Uuid>,
    device: &Device,
) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let event = Event::login_failed(user_id, LoginMethod::Local, device);
    audit::record(&conn, &event).await
}

/// Mails a link to choose a new password, unless the mail budget is used up. A token that is valid
/// for at least another 30 minutes is mailed again, so that requests by strangers do not invalidate
/// a link that the owner has not opened yet. A known device is not limited by the mails that
/// strangers requested.
pub async fn forgot_password(
    state: &WorkerState,
    email: &EmailAddress,
    network: Option<IpNet>,
    device: &Device,
) -> ApiResult<()> {
    state.require_channel(Channel::Email)?;
    count(state, Way::ForgotPassword, email, device).await?;
    let shared: &AppState = state;
    let key = &shared.server_key;
    in_uniform_time(async {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            let owner = users::find_user(conn, email).await?;
            let may_send = device.known_as(owner).is_some()
                || budget::take_message(shared, conn, email.as_str(), network).await?;
            if let Some(user_id) = owner.filter(|_| may_send) {
                let resendable = store::lock_resendable(conn, user_id).await?;
                let id = match resendable.filter(|(id, digest)| is_digest(key, *id, digest)) {
                    Some((id, _)) => id,
                    None => {
                        let id = Uuid::new_v4();
                        let digest = key.digest_of(Purpose::ResetPassword, id);
                        store::set_reset_token(conn, user_id, id, &digest).await?;
                        id
                    }
                };
                outbox::store::enqueue(conn, &Message::reset_password(user_id, id)).await?;
            }
            Ok(())
        })
        .await
    })
    .await
}

/// Whether one of the accepted keys produced the stored `digest` of the token for `id`.
fn is_digest(key: &ServerKey, id: Uuid, digest: &Digest) -> bool {
    key.accepted().any(|key| key.digest_of(Purpose::ResetPassword, id) == *digest)
}

/// Changes the password, ends all sessions, revokes the requested grants, and counts the grants
/// that are left. The token also verifies the mailbox. If the mailbox was not verified before,
/// everything that a stranger may have set is deleted.
pub async fn reset_password(
    state: &WorkerState,
    reset: Reset,
    device: &Device,
) -> ApiResult<StillOpen> {
    let digests = state.server_key.digests(Purpose::ResetPassword, &reset.token);
    let target = {
        let conn = state.pool.get().await?;
        store::find_reset(&conn, &digests).await?.ok_or_else(invalid_token)?
    };
    let (email, product) = (&target.email, &state.product_name);
    let server_key = &state.server_key;
    let password = acceptable(&reset.new_password, "new_password", email, product)?;
    let password_hash = state.hasher.hash(password).await?;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let was_verified = store::lock_reset(conn, &digests).await?.ok_or_else(invalid_token)?;
        store::set_password(conn, target.user_id, &password_hash).await?;
        if !was_verified {
            users::delete_data_of_strangers(conn, target.user_id).await?;
        }
        users::end_sessions(conn, target.user_id).await?;
        attempts::reopen(conn, server_key, target.user_id, email).await?;
        let event = Event::of(EventKind::PasswordReset, target.user_id).from(device);
        audit::record(conn, &event).await?;
        grants::end(conn, target.user_id, &reset.end, device).await
    })
    .await
}

/// Replaces an outdated hash, unless the password has changed meanwhile.
async fn upgrade_hash(
    state: &WorkerState,
    user_id: Uuid,
    old: &PasswordHash,
    login: Login,
) -> ApiResult<()> {
    let new = state.hasher.hash(login.password).await?;
    let conn = state.pool.get().await?;
    Ok(store::replace_hash(&conn, user_id, old, &new).await?)
}
