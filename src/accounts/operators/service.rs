//! The rules of operators' actions. The owner is notified of changes that affect access.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::store;
use crate::{
    accounts::access,
    auth::{
        audit::{self, Event, EventKind},
        local, store as users,
    },
    credentials::{EmailAddress, OneTimeToken, PasswordHash, Purpose, ServerKey},
    error::{ApiError, ApiResult},
};

/// Creates an account with a verified address: the operator vouches for its owner. `None` if the
/// address already has an account.
pub async fn create(
    conn: &mut AsyncPgConnection,
    email: &EmailAddress,
    password: Option<&PasswordHash>,
) -> ApiResult<Option<Uuid>> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        let (user_id, is_new) = users::find_or_create_user(conn, email).await?;
        if !is_new {
            return Ok(None);
        }
        users::ensure_account(conn, user_id).await?;
        users::set_email_verified(conn, user_id).await?;
        if let Some(password) = password {
            local::store::set_password(conn, user_id, password).await?;
        }
        Ok(Some(user_id))
    })
    .await
}

/// Blocks logins and ends all sessions. False if the account was already locked.
pub async fn lock(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<bool> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        let locked = store::set_locked(conn, user_id, true).await?;
        if locked {
            users::end_sessions(conn, user_id).await?;
            audit::record(conn, &Event::of(EventKind::AccountLocked, user_id)).await?;
        }
        Ok(locked)
    })
    .await
}

/// Allows logins again. False if the account was not locked.
pub async fn unlock(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<bool> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        let unlocked = store::set_locked(conn, user_id, false).await?;
        if unlocked {
            audit::record(conn, &Event::of(EventKind::AccountUnlocked, user_id)).await?;
        }
        Ok(unlocked)
    })
    .await
}

/// Ends all sessions.
pub async fn end_sessions(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<()> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        users::end_sessions(conn, user_id).await?;
        audit::record(conn, &Event::of(EventKind::OtherSessionsEnded, user_id)).await
    })
    .await
}

/// Deletes the account and all its data.
pub async fn delete(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<()> {
    conn.transaction::<_, ApiError, _>(async |conn| access::delete(conn, user_id, None).await).await
}

/// Creates a password reset token for the operator to hand over. It is valid for one hour.
pub async fn grant_reset(
    conn: &mut AsyncPgConnection,
    key: &ServerKey,
    user_id: Uuid,
) -> ApiResult<OneTimeToken> {
    let id = Uuid::new_v4();
    let digest = key.digest_of(Purpose::ResetPassword, id);
    conn.transaction::<_, ApiError, _>(async |conn| {
        local::store::set_reset_token(conn, user_id, id, &digest).await?;
        audit::record(conn, &Event::of(EventKind::ResetGranted, user_id)).await
    })
    .await?;
    Ok(key.token(Purpose::ResetPassword, id))
}
