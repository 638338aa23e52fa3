//! The rules of changing access to an account.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::store;
use crate::{
    auth::{
        AuthResponse, Device, attempts,
        audit::{self, Event, EventKind},
        budget,
        local::{self, acceptable},
        otp::{self, Identifier, OtpCode, Proves, Tries},
        reauth::{self, Proof},
        sessions, store as users,
    },
    credentials::{EmailAddress, Identity, LoginMethod, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    outbox::Channel,
    state::{AppState, WorkerState},
    throttle::{self, Limit},
};

/// A delivery or an import for the same account takes its row locks in another order. If PostgreSQL
/// detects a deadlock, it aborts one of the transactions, which can then be retried.
const DELETE_ATTEMPTS: u32 = 3;

/// Limits the codes sent to one address by all accounts, and the codes requested by one account
/// for all addresses.
const CODES: Limit = Limit { times: 3, minutes: 15 };

/// Sets the password, also the first one. Ends all sessions and opens a new one.
pub async fn change_password(
    state: &WorkerState,
    identity: Identity,
    new_password: &str,
    proof: Proof,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let account = {
        let conn = state.pool.get().await?;
        identity.confirm(&conn).await?;
        users::find_account(&conn, identity.user_id).await?
    };
    let Some(email) = account.email else {
        return Err(ApiError::new(
            ErrorCode::EmailMissing,
            "this account has no email address to log in with; set one before the password",
        ));
    };
    let password = acceptable(new_password, "new_password", &email, &state.product_name)?;
    let method = method_of(&proof);
    reauth::require(state, identity, proof).await?;
    let hash = state.hasher.hash(password).await?;
    let shared: &AppState = state;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        lock(conn, identity).await?;
        local::store::set_password(conn, identity.user_id, &hash).await?;
        let event = Event::of(EventKind::PasswordChanged, identity.user_id).from(device);
        start_anew(shared, conn, &event, method, device).await
    })
    .await
}

/// Mails a code to the new address. The answer is the same if the address belongs
/// to another account.
pub async fn change_email(
    state: &WorkerState,
    identity: Identity,
    email: EmailAddress,
    proof: Proof,
) -> ApiResult<()> {
    state.require_channel(Channel::Email)?;
    reauth::require(state, identity, proof).await?;
    let shared: &AppState = state;
    let server_key = &shared.server_key;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let from = Some(identity.user_id);
        let may_send = budget::take_message(shared, conn, email.as_str(), from).await?;
        lock(conn, identity).await?;
        for (use_for, limited) in [
            ("email-code-address", email.as_str().as_bytes()),
            ("email-code-user", identity.user_id.as_bytes().as_slice()),
        ] {
            let key = server_key.tag(Purpose::Throttle, use_for, limited);
            throttle::take(conn, key, CODES).await?;
        }
        if !may_send {
            return Ok(());
        }
        let to = Identifier::Email(email);
        let tries = Tries::of_owner(server_key, identity.user_id);
        otp::issue(conn, &tries, Proves::Email, &to).await
    })
    .await
}

/// Makes the address that received the code the account's address, and notifies the old address.
/// If another account has this address but never verified it, that account is deleted: nobody has
/// ever logged in to it.
pub async fn confirm_email(
    state: &WorkerState,
    identity: Identity,
    code: &OtpCode,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &AppState = state;
    let user_id = identity.user_id;
    let mut conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    let proven =
        otp::redeem(&mut conn, &state.server_key, user_id, Proves::Email, None, code).await?;
    let email = EmailAddress::from_stored(proven);
    conn.transaction::<_, ApiError, _>(async |conn| {
        lock(conn, identity).await?;
        let before = users::find_account(conn, user_id).await?.email;
        store::delete_unproven(conn, &email, user_id).await?;
        if !store::set_email(conn, user_id, &email).await? {
            return Err(ApiError::new(
                ErrorCode::EmailTaken,
                "another account has already verified this address",
            ));
        }
        let event = Event::of(EventKind::EmailChanged, user_id).from(device);
        start_anew(shared, conn, &Event { tell: before, ..event }, LoginMethod::Otp, device).await
    })
    .await
}

/// Deletes the account and all its data in one transaction. The deletion itself remains in the
/// security log, under an id that no longer refers to anybody.
pub async fn delete_account(
    state: &WorkerState,
    identity: Identity,
    proof: Proof,
    device: &Device,
) -> ApiResult<()> {
    reauth::require(state, identity, proof).await?;
    let mut conn = state.pool.get().await?;
    let mut attempts = 1;
    loop {
        let deleted = conn
            .transaction::<_, ApiError, _>(async |conn| {
                lock(conn, identity).await?;
                delete(conn, identity.user_id, Some(device)).await
            })
            .await;
        match deleted {
            Err(ApiError { code: ErrorCode::Busy, .. }) if attempts < DELETE_ATTEMPTS => {
                attempts += 1;
            }
            deleted => return deleted,
        }
    }
}

/// Deletes a user and all the user's data.
pub async fn delete(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    device: Option<&Device>,
) -> ApiResult<()> {
    let tell = users::find_account(conn, user_id).await?.email;
    store::delete_user(conn, user_id).await?;
    audit::store::delete_of(conn, user_id).await?;
    let event = Event::of(EventKind::AccountDeleted, user_id);
    audit::record(conn, &Event { tell, device, ..event }).await
}

/// Locks the account until the end of the transaction. 401 if the session has ended meanwhile.
async fn lock(conn: &AsyncPgConnection, identity: Identity) -> ApiResult<()> {
    otp::store::lock_user(conn, identity.user_id).await?;
    identity.confirm(conn).await
}

/// Ends all sessions, records the reason, and opens a new session for the requesting device.
async fn start_anew(
    shared: &AppState,
    conn: &AsyncPgConnection,
    event: &Event<'_>,
    method: LoginMethod,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let user_id = event.user_id.ok_or_else(|| ApiError::internal("the event has no user"))?;
    let account = users::end_sessions(conn, user_id).await?;
    if let Some(email) = &account.email {
        attempts::reopen(conn, &shared.server_key, user_id, email).await?;
    }
    audit::record(conn, event).await?;
    sessions::open(shared, conn, &account, method, device).await
}

fn method_of(proof: &Proof) -> LoginMethod {
    match proof {
        Proof::Code(_) => LoginMethod::Otp,
        Proof::Password(_) | Proof::Nothing => LoginMethod::Local,
    }
}
