//! The rules of sessions.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{store, types::ListedSession};
use crate::{
    auth::{
        AuthResponse, Device,
        audit::{self, Event, EventKind},
    },
    credentials::{Account, Identity, LoginMethod, RefreshToken, Verified},
    error::{ApiError, ApiResult, ErrorCode},
    state::{AppState, WorkerState},
};

/// Opens a session for `account` in the caller's transaction. Every login ends here. 403
/// `account_locked`; 401 if the account's sessions were ended since the caller read it.
pub async fn open(
    state: &AppState,
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
        let message = "the account has changed in the meantime; log in again";
        return Err(ApiError::new(ErrorCode::InvalidCredentials, message));
    };
    let event = Event::of(EventKind::Login, account.user_id).by(method).from(device);
    audit::record(conn, &event).await?;
    let token = RefreshToken { session_id: id, generation: 0 };
    AuthResponse::issue(state, account, token, expires_at)
}

/// Refreshes a session. A refresh token yields the same successor until the successor is used, so
/// that a lost response can be requested again at any time. If it comes back later, somebody else
/// has a copy, and the session ends.
///
/// The device name is the client's own claim. The current refresh token is accepted from an unknown
/// device, but recorded: an app may change its name, and a name can be forged. A refresh token that
/// has already been replaced is rejected from an unknown device, but the session continues: the
/// owner has the successor, or retries from a known device.
pub async fn refresh(state: &WorkerState, text: &str, device: &Device) -> ApiResult<AuthResponse> {
    let token = RefreshToken::open(&state.server_key, text).ok_or_else(invalid_refresh_token)?;
    let id = token.session_id;
    let shared: &AppState = state;
    let config = &shared.sessions;
    let mut conn = state.pool.get().await?;
    let next = conn
        .transaction::<_, ApiError, _>(async |conn| {
            let Some(live) = store::lock_live(conn, id).await? else {
                return Ok(None);
            };
            let of = |kind| Event::of(kind, live.account.user_id).from(device);
            let stranger = Some(device).filter(|device| !live.knows(device));
            let (generation, expires_at) = if token.generation == live.generation {
                if stranger.is_some() {
                    audit::record(conn, &of(EventKind::SessionDeviceChanged)).await?;
                }
                store::advance(conn, id, stranger, config).await?
            } else if !live.is_awaited(token.generation, config.refresh_grace) {
                tracing::warn!(user.id = %live.account.user_id, session.id = %id, "a refresh token was used twice");
                store::delete(conn, id).await?;
                audit::record(conn, &of(EventKind::RefreshTokenReused)).await?;
                return Ok(None);
            } else if stranger.is_some() {
                audit::record(conn, &of(EventKind::RefreshRefused)).await?;
                return Ok(None);
            } else {
                (live.generation, live.expires_at)
            };
            let token = RefreshToken { session_id: id, generation };
            AuthResponse::issue(shared, &live.account, token, expires_at).map(Some)
        })
        .await?;
    next.ok_or_else(invalid_refresh_token)
}

/// Notes the use of an access token before its request is handled: the refresh token that it
/// replaced is spent. The tokens of a login replaced none.
pub async fn note_use(state: &WorkerState, token: &Verified) -> ApiResult<()> {
    if token.generation > 0 {
        let conn = state.pool.get().await?;
        store::note_use(&conn, token.identity.session_id, token.generation).await?;
    }
    Ok(())
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<ListedSession>> {
    let conn = state.pool.get().await?;
    let sessions = store::list(&conn, identity).await?;
    if sessions.is_empty() {
        // The current session would be in the list.
        return Err(ApiError::invalid_access_token());
    }
    let listed = |session: super::types::Session| ListedSession {
        current: session.id == identity.session_id,
        session,
    };
    Ok(sessions.into_iter().map(listed).collect())
}

/// Ends one of the user's sessions, which may be the current one.
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

/// Ends all sessions except the current one.
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

/// 401 for a refresh token. Does not reveal whether it is forged, expired, spent or ended.
pub fn invalid_refresh_token() -> ApiError {
    ApiError::new(ErrorCode::InvalidRefreshToken, "this session has ended; log in again")
}
