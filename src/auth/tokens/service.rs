//! The rules of personal access tokens.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{
    Scope,
    store::{self, Row},
    types::{CreatedToken, NewToken, PersonalToken},
};
use crate::{
    auth::{
        Device,
        audit::{self, Event, EventKind},
        bearer::PREFIX,
        reauth::{self, Proof},
    },
    credentials::{Digest, Identity, OneTimeToken, Purpose},
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    state::{AppState, WorkerState},
};

const PURPOSE: Purpose = Purpose::PersonalToken;

/// Creates a token. Its secret is derived from its id, so a lost response can be sent again without
/// storing the secret.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    (new, proof): (NewToken, Proof),
    device: &Device,
) -> ApiResult<CreatedToken> {
    let shared: &AppState = state;
    let _lock = state.key_locks.take(identity, key.as_ref()).await;
    if let Some(made) = made_before(state, identity, key.as_ref()).await? {
        return Ok(made);
    }
    // Otherwise a stolen access token could create one that lasts for years.
    if let Err(error) = reauth::require(state, identity, proof).await {
        // Another server may have handled the same request, and thereby used up its code.
        let made = made_before(state, identity, key.as_ref()).await?;
        return made.ok_or(error);
    }
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(details) = idempotency::answered(conn, identity, key.as_ref()).await? {
            return again(shared, conn, details).await;
        }
        let details = keep(shared, conn, identity, &new).await?;
        let event = Event::of(EventKind::TokenCreated, identity.user_id).by(&new.name);
        audit::record(conn, &event.from(device)).await?;
        idempotency::record(conn, identity, key.as_ref(), &details).await?;
        let secret = shared.server_key.token(PURPOSE, details.id);
        Ok(created(details, &secret))
    })
    .await
}

/// The token that an earlier request with the same key created. A repeated request needs no proof,
/// and does not count as a try.
async fn made_before(
    state: &WorkerState,
    identity: Identity,
    key: Option<&IdempotencyKey>,
) -> ApiResult<Option<CreatedToken>> {
    if key.is_none() {
        return Ok(None);
    }
    let conn = state.pool.get().await?;
    match idempotency::replayed(&conn, identity, key).await? {
        Some(details) => again(state, &conn, details).await.map(Some),
        None => Ok(None),
    }
}

fn created(details: PersonalToken, secret: &OneTimeToken) -> CreatedToken {
    CreatedToken { token: format!("{PREFIX}{}", secret.expose()), details }
}

/// Returns the secret of an existing token again, derived with the accepted key that made it,
/// because it may be in use. If that key is no longer accepted, the token does not work either, and
/// gets a new secret.
async fn again(
    shared: &AppState,
    conn: &AsyncPgConnection,
    details: PersonalToken,
) -> ApiResult<CreatedToken> {
    let (server_key, id) = (&shared.server_key, details.id);
    let kept = store::digest(conn, id).await?;
    let mut secrets = server_key.accepted().map(|key| key.token(PURPOSE, id));
    // Once the token is used, its stored digest is by the current key.
    let is_kept = |secret: &OneTimeToken| {
        server_key.digests(PURPOSE, secret).into_iter().any(|digest| Some(digest) == kept)
    };
    if let Some(secret) = secrets.find(is_kept) {
        return Ok(created(details, &secret));
    }
    store::set_digest(conn, id, &server_key.digest_of(PURPOSE, id)).await?;
    Ok(created(details, &server_key.token(PURPOSE, id)))
}

async fn keep(
    shared: &AppState,
    conn: &AsyncPgConnection,
    identity: Identity,
    new: &NewToken,
) -> ApiResult<PersonalToken> {
    let id = Uuid::new_v4();
    if !store::insert_session(conn, identity, id, new).await? {
        identity.confirm(conn).await?;
        let most = store::MAX_TOKENS;
        let message = format!("an account has at most {most} tokens; delete some");
        return Err(ApiError::new(ErrorCode::TooManyTokens, message));
    }
    store::insert(conn, id, &shared.server_key.digest_of(PURPOSE, id), new).await?;
    let kept = store::list(conn, identity, Some(id)).await?.pop();
    kept.map(details).ok_or_else(|| ApiError::internal("the new token was not found"))
}

pub async fn list(state: &WorkerState, identity: Identity) -> ApiResult<Vec<PersonalToken>> {
    let conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    Ok(store::list(&conn, identity, None).await?.into_iter().map(details).collect())
}

pub async fn delete(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    device: &Device,
) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if !store::delete(conn, identity, id).await? {
            identity.confirm(conn).await?;
            return Err(ApiError::not_found());
        }
        let event = Event::of(EventKind::TokenDeleted, identity.user_id).from(device);
        audit::record(conn, &event).await
    })
    .await
}

/// The identity of a token, and whether it may read activities. 401 `invalid_access_token`, or 403
/// `insufficient_scope` if it does not have `scope`.
pub async fn authenticate(
    state: &WorkerState,
    token: &str,
    scope: Scope,
) -> ApiResult<(Identity, bool)> {
    let (digest, (identity, scopes, is_stale)) = find(state, token).await?;
    let has = |scope: Scope| scopes.contains(&scope.to_string());
    if !has(scope) {
        let message = format!("this token does not have the scope {scope}");
        return Err(ApiError::new(ErrorCode::InsufficientScope, message));
    }
    if is_stale {
        let conn = state.pool.get().await?;
        store::touch(&conn, identity.session_id, &digest).await?;
    }
    Ok((identity, has(Scope::ActivitiesRead)))
}

/// The error for a personal access token where a login is required: 401 if it is invalid, else 403.
pub async fn refuse(state: &WorkerState, token: &str) -> ApiError {
    match find(state, token).await {
        Ok(_) => {
            let message = "this operation needs a login; a personal access token is not enough";
            ApiError::new(ErrorCode::InsufficientScope, message)
        }
        Err(error) => error,
    }
}

/// The token's digest by the current key, and its row.
async fn find(state: &WorkerState, token: &str) -> ApiResult<(Digest, store::Found)> {
    let secret = token.strip_prefix(PREFIX).and_then(|secret| secret.parse::<OneTimeToken>().ok());
    let secret = secret.ok_or_else(ApiError::invalid_access_token)?;
    let digest = state.server_key.digest(PURPOSE, &secret);
    let digests = state.server_key.digests(PURPOSE, &secret);
    let find = async |conn: &_| Ok(store::find(conn, &digests, &digest).await?);
    let found = state.point_reads.run(find).await?;
    Ok((digest, found.ok_or_else(ApiError::invalid_access_token)?))
}

fn details((id, name, scopes, created_at, last_used_at, expires_at): Row) -> PersonalToken {
    let scopes = scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    PersonalToken { id, name, scopes, created_at, last_used_at, expires_at }
}
