//! The rules of linked providers.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    store,
    types::{ConnectionCheck, Connections},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        oauth::{
            service::{self as logins, Start},
            store as oauth, tokens,
        },
        otp,
        reauth::{self, Proof},
    },
    credentials::Identity,
    db::clock,
    error::{ApiError, ApiResult, ErrorCode},
    outbox::Channel,
    providers::{Provider, grant::provider_error},
    state::{AppState, WorkerState},
};

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Connections> {
    let conn = state.pool.get().await?;
    let connections = store::list(&conn, identity).await?;
    if connections.is_empty() {
        identity.confirm(&conn).await?;
    }
    let is_linked = |provider: &Provider| {
        connections.iter().any(|connection| connection.provider == provider.to_string())
    };
    let available = Provider::ALL
        .into_iter()
        .filter(|provider| state.providers.is_offered(*provider) && !is_linked(provider))
        .collect();
    Ok(Connections { connections, available })
}

/// Starts linking a provider. Requires re-authentication: otherwise a stolen access token could be
/// used to add the thief's own login method.
pub async fn start(
    state: &WorkerState,
    identity: Identity,
    provider: Provider,
    return_to: Option<String>,
    proof: Proof,
) -> ApiResult<Start> {
    if !state.providers.is_offered(provider) {
        return Err(ApiError::not_found());
    }
    reauth::require(state, identity, proof).await?;
    logins::start(state, provider, return_to, Some(identity)).await
}

/// The provider account as the provider reports it now. Refreshes an expired access token. No
/// database connection is held while the provider is asked.
pub async fn check(
    state: &WorkerState,
    identity: Identity,
    provider: Provider,
) -> ApiResult<ConnectionCheck> {
    let (id, subject, sealed) = {
        let conn = state.pool.get().await?;
        identity.confirm(&conn).await?;
        let found = oauth::find_tokens(&conn, identity.user_id, provider).await?;
        found.ok_or_else(ApiError::not_found)?
    };
    let gone = ConnectionCheck { provider, active: false, name: None, email: None };
    let Some(mut kept) = tokens::open(&state.token_cipher, id, &sealed)? else {
        return Ok(gone);
    };
    if kept.expires_at.is_some_and(|end| end <= clock::now()) {
        let Some(refresh) = kept.refresh.take() else {
            return Ok(gone);
        };
        kept = match state.providers.refresh(&state.outbound, provider, refresh).await {
            Ok(fresh) => fresh,
            // The owner revoked the grant at the provider.
            Err(error) if error.code == ErrorCode::InvalidCode => return Ok(gone),
            Err(error) => return Err(error),
        };
        let conn = state.pool.get().await?;
        let sealed = tokens::seal(&state.token_cipher, id, &kept)?;
        oauth::set_tokens(&conn, id, &sealed).await?;
    }
    match state.providers.fetch_identity(&state.outbound, provider, &kept.access).await {
        Ok(seen) if seen.subject != subject => {
            Err(provider_error("the response is about another user"))
        }
        Ok(seen) => {
            Ok(ConnectionCheck { provider, active: true, name: seen.name, email: seen.email })
        }
        Err(ApiError { code: ErrorCode::InvalidCode | ErrorCode::LoginDenied, .. }) => Ok(gone),
        Err(error) => Err(error),
    }
}

/// Unlinks a provider, unless that would remove the last login method.
pub async fn unlink(
    state: &WorkerState,
    identity: Identity,
    provider: Provider,
    device: &Device,
) -> ApiResult<()> {
    let (user_id, shared): (_, &AppState) = (identity.user_id, state);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        otp::store::lock_user(conn, user_id).await?;
        let deleted = store::delete(conn, identity, provider).await?;
        identity.found(deleted.then_some(()), conn).await?;
        require_way_in(shared, conn, user_id).await?;
        let event = Event::of(EventKind::ProviderUnlinked, user_id);
        audit::record(conn, &event.by(provider).from(device)).await
    })
    .await
}

/// 409 `last_way_in` if the account has no login method left. The caller must have locked the user.
pub async fn require_way_in(
    state: &AppState,
    conn: &AsyncPgConnection,
    user_id: Uuid,
) -> ApiResult<()> {
    let left = store::ways_in(conn, user_id).await?;
    let is_open = left.password
        || left.connections > 0
        || (left.proven_email && state.require_channel(Channel::Email).is_ok())
        || (left.proven_number && state.require_channel(Channel::Sms).is_ok());
    if is_open {
        return Ok(());
    }
    let message = "this is the only way to log in; add an email address or another provider first";
    Err(ApiError::new(ErrorCode::LastWayIn, message))
}
