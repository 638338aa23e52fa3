//! The rules of operators' actions. The owner is notified of changes that affect access.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use strsim::jaro_winkler;
use uuid::Uuid;

use super::store;
use crate::{
    accounts::access,
    auth::{
        audit::{self, Event, EventKind},
        invitations::{self, NewInvitation},
        local, store as users,
    },
    credentials::{EmailAddress, OneTimeToken, PasswordHash, Purpose, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
};

/// How similar an address must be to be proposed, from 0 to 1.
const SIMILAR: f64 = 0.85;

/// The maximum number of similar addresses.
const PROPOSED: usize = 3;

/// What a new account has from the start.
#[derive(Default)]
pub struct NewAccount<'a> {
    pub name: Option<String>,
    pub is_admin: bool,
    pub password: Option<&'a PasswordHash>,
}

/// Creates an account with a verified address: the operator vouches for its owner. `None` if the
/// address already has an account.
pub async fn create(
    conn: &mut AsyncPgConnection,
    email: &EmailAddress,
    new: &NewAccount<'_>,
) -> ApiResult<Option<Uuid>> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        let (user_id, is_new) = users::find_or_create_user(conn, email).await?;
        if !is_new {
            return Ok(None);
        }
        users::ensure_account(conn, user_id).await?;
        users::set_email_verified(conn, user_id).await?;
        users::set_display_name(conn, user_id, new.name.as_deref()).await?;
        if let Some(password) = new.password {
            local::store::set_password(conn, user_id, password).await?;
        }
        if new.is_admin {
            store::set_admin(conn, user_id, true).await?;
            let event = Event::of(EventKind::AdminGranted, user_id);
            audit::record(conn, &Event { is_expected: true, ..event }).await?;
        }
        Ok(Some(user_id))
    })
    .await
}

/// Makes a user an admin, or an ordinary user again. False if that changed nothing.
pub async fn set_admin(
    conn: &mut AsyncPgConnection,
    user_id: Uuid,
    is_admin: bool,
) -> ApiResult<bool> {
    conn.transaction::<_, ApiError, _>(async |conn| {
        let changed = store::set_admin(conn, user_id, is_admin).await?;
        if changed {
            let kind = if is_admin { EventKind::AdminGranted } else { EventKind::AdminRevoked };
            audit::record(conn, &Event::of(kind, user_id)).await?;
        }
        Ok(changed)
    })
    .await
}

/// Creates an invitation for the operator to hand over. 409 `email_taken` if the address already
/// has an account.
pub async fn invite(
    conn: &mut AsyncPgConnection,
    key: &ServerKey,
    new: &NewInvitation,
) -> ApiResult<OneTimeToken> {
    if let Some(email) = &new.email
        && let Some(user_id) = users::find_user(conn, email).await?
        && users::is_verified(conn, user_id).await?
    {
        let message = format!("{} already has an account", email.as_str());
        return Err(ApiError::new(ErrorCode::EmailTaken, message));
    }
    let id = Uuid::new_v4();
    let digest = key.digest_of(Purpose::Invitation, id);
    invitations::store::insert_of_operator(conn, id, &digest, new).await?;
    Ok(key.token(Purpose::Invitation, id))
}

/// The addresses of accounts that are most similar to `who`, a mistyped address or a part of one.
pub async fn similar(conn: &AsyncPgConnection, who: &str) -> ApiResult<Vec<String>> {
    let who = who.to_lowercase();
    let likeness = |email: &str| {
        let local = email.split('@').next().unwrap_or_default();
        let of_local = if who.contains('@') { 0.0 } else { jaro_winkler(&who, local) };
        jaro_winkler(&who, email).max(of_local)
    };
    let emails = store::emails(conn).await?;
    let mut found: Vec<(f64, String)> =
        emails.into_iter().map(|email| (likeness(&email), email)).collect();
    found.retain(|(likeness, _)| *likeness >= SIMILAR);
    found.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    Ok(found.into_iter().take(PROPOSED).map(|(_, email)| email).collect())
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
