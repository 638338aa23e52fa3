//! The rules of what operators do. The owner is told of what changed access.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::store;
use crate::{
    accounts::access,
    auth::{
        audit::{self, Event, EventKind},
        local, store as users,
    },
    credentials::{OneTimeToken, Purpose, ServerKey},
    error::{ApiError, ApiResult},
};

/// Lets nobody in and ends every session. False when the account was locked before.
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

/// Lets the owner in again. False when the account was not locked.
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

/// Ends every session.
pub async fn end_sessions(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<()> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        users::end_sessions(conn, user_id).await?;
        audit::record(conn, &Event::of(EventKind::OtherSessionsEnded, user_id)).await
    })
    .await
}

/// Deletes the account with everything of it.
pub async fn delete(conn: &mut AsyncPgConnection, user_id: Uuid) -> ApiResult<()> {
    conn.transaction::<_, ApiError, _>(async |conn| access::delete(conn, user_id, None).await).await
}

/// A token to choose a new password with, for an hour, to be handed over by the operator.
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
