//! The rules of sessions.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{Device, LoginMethod, RefreshToken, store, types::ListedSession};
use crate::{
    auth::{
        Account, AuthResponse, Identity,
        audit::{self, Event, EventKind},
    },
    error::{ApiError, ApiResult, ErrorCode},
    state::{Shared, WorkerState},
};

/// Logs `account` in, in the caller's transaction: every way in ends here. 403 `account_locked`; 401 when
/// its sessions were ended since the caller looked.
pub async fn open(
    state: &Shared,
    conn: &AsyncPgConnection,
    account: &Account,
    method: LoginMethod,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let id = Uuid::new_v4();
    let opened = store::insert(conn, id, account, method, device, &state.sessions).await?;
    let Some(expires_at) = opened else {
        if store::is_locked(conn, account.user_id).await? {
            return Err(ApiError::new(ErrorCode::AccountLocked, "this account is locked"));
        }
        let message = "the account changed meanwhile; log in again";
        return Err(ApiError::new(ErrorCode::InvalidCredentials, message));
    };
    let event = Event::of(EventKind::Login, account.user_id).by(method).from(device);
    audit::record(conn, &event).await?;
    let token = RefreshToken { session_id: id, generation: 0 };
    AuthResponse::issue(state, account, token, expires_at)
}

/// The next tokens of a session. A token that was spent longer ago than the grace is in two hands:
/// its session ends.
pub async fn refresh(state: &WorkerState, text: &str) -> ApiResult<AuthResponse> {
    let token = RefreshToken::open(&state.server_key, text).ok_or_else(invalid_refresh_token)?;
    let id = token.session_id;
    let shared: &Shared = state;
    let mut conn = state.pool.get().await?;
    let next = conn
        .transaction::<_, ApiError, _>(async |conn| {
            let Some(live) = store::lock_live(conn, id).await? else {
                return Ok(None);
            };
            let (generation, expires_at) = if token.generation == live.generation {
                store::advance(conn, id, &shared.sessions).await?
            } else if token.generation == live.generation - 1
                && live.idle_secs <= shared.sessions.refresh_grace.as_secs_f64()
            {
                (live.generation, live.expires_at)
            } else {
                tracing::warn!(user.id = %live.account.user_id, session.id = %id, "a spent refresh token was used again");
                store::delete(conn, id).await?;
                let event = Event::of(EventKind::RefreshTokenReused, live.account.user_id);
                audit::record(conn, &event).await?;
                return Ok(None);
            };
            let token = RefreshToken { session_id: id, generation };
            AuthResponse::issue(shared, &live.account, token, expires_at).map(Some)
        })
        .await?;
    next.ok_or_else(invalid_refresh_token)
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<ListedSession>> {
    let conn = state.pool.get().await?;
    let sessions = store::list(&conn, identity).await?;
    if sessions.is_empty() {
        // The session that asks would be among them.
        return Err(ApiError::invalid_access_token());
    }
    let listed = |session: super::types::Session| ListedSession {
        current: session.id == identity.session_id,
        session,
    };
    Ok(sessions.into_iter().map(listed).collect())
}

/// Ends one session of one's own, also the one that asks.
pub async fn end(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    let is_own = id == identity.session_id;
    let kind = if is_own { EventKind::LoggedOut } else { EventKind::SessionEnded };
    let event = Event::of(kind, identity.user_id).from(device);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let ended = store::delete_own(conn, identity, id).await?;
        identity.found(ended.then_some(()), conn).await?;
        audit::record(conn, &event).await
    })
    .await
}

/// Ends all sessions but the one that asks.
pub async fn end_others(state: &WorkerState, identity: Identity, device: &Device) -> ApiResult<()> {
    let event = Event::of(EventKind::OtherSessionsEnded, identity.user_id).from(device);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::delete_others(conn, identity).await?;
        identity.confirm(conn).await?;
        audit::record(conn, &event).await
    })
    .await
}

/// 401, for a token that is none of ours, expired, spent or ended alike.
fn invalid_refresh_token() -> ApiError {
    ApiError::new(ErrorCode::InvalidRefreshToken, "this session has ended; log in again")
}
