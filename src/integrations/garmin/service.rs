//! Business rules of connecting and disconnecting Garmin.

use chrono::Utc;
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::SecretString;
use uuid::Uuid;

use super::{
    provider::{Developer, GarminFailure, Personal, Provider, Tokens, redirect_uri},
    store,
    tokens::seal,
    types::{Connection, ConnectionStanding, ConnectionStatus, Mode},
};
use crate::{
    auth::{
        oauth::{Start, read_code, spend},
        otp,
    },
    credentials::{Identity, ServerKey},
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    outbox::{self, Message},
    providers::{AuthorizationRequest, CallbackParams},
    state::{AppState, WorkerState},
};

/// The purpose of an [`AuthorizationRequest`] to connect Garmin.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Garmin {
    Garmin,
}

pub type GarminAttempt = AuthorizationRequest<Garmin>;

pub async fn standing(state: &WorkerState, identity: Identity) -> ApiResult<ConnectionStatus> {
    let conn = state.pool.get().await?;
    let found = store::find(&conn, identity).await?;
    if found.is_none() {
        identity.confirm(&conn).await?;
    }
    shown(state, &conn, found).await
}

async fn shown(
    state: &AppState,
    conn: &AsyncPgConnection,
    connection: Option<Connection>,
) -> ApiResult<ConnectionStatus> {
    let connection = match connection {
        Some(connection) => {
            let activities = store::count_activities(conn, connection.id).await?;
            Some(ConnectionStanding::new(connection, activities))
        }
        None => None,
    };
    let personal = state.garmin.is_offered.then_some(Mode::Personal);
    let developer = state.garmin.developer.as_ref().map(|_| Mode::Developer);
    Ok(ConnectionStatus { modes: personal.into_iter().chain(developer).collect(), connection })
}

/// Connects Garmin with a key, which is tried first: 422 if Garmin refuses it, 502 if Garmin does
/// not respond. If Garmin is connected already, the key replaces the previous one.
pub async fn connect(
    state: &WorkerState,
    identity: Identity,
    api_key: SecretString,
) -> ApiResult<ConnectionStatus> {
    if !state.garmin.is_offered {
        return Err(ApiError::not_found());
    }
    {
        let conn = state.pool.get().await?;
        identity.confirm(&conn).await?;
    }
    let calls = state.outbound.client().into();
    let personal = Personal { calls, base_url: state.garmin.personal_url.clone() };
    let tokens = personal.renew(api_key).await.map_err(|trouble| match trouble {
        GarminFailure::Denied(400 | 401 | 403) => {
            let fault = FieldError::new("api_key", "refused", "is not accepted by Garmin");
            ApiError::validation(vec![fault])
        }
        other => other.into(),
    })?;
    keep(state, identity, (Mode::Personal, None), &tokens).await
}

/// Stores a connection instead of the previous one, if there is any.
async fn keep(
    state: &WorkerState,
    identity: Identity,
    (mode, garmin_user_id): (Mode, Option<&str>),
    tokens: &Tokens,
) -> ApiResult<ConnectionStatus> {
    let (shared, user_id): (&AppState, _) = (state, identity.user_id);
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        otp::store::lock_user(conn, user_id).await?;
        identity.confirm(conn).await?;
        let before = store::lock(conn, user_id).await?;
        let is_same = |(_, before_mode, before_user): &(Uuid, String, Option<String>)| {
            *before_mode == mode.to_string() && before_user.as_deref() == garmin_user_id
        };
        match before {
            Some(before) if is_same(&before) => {
                let sealed = seal(&shared.token_cipher, before.0, tokens)?;
                store::reconnect(conn, before.0, &sealed).await?;
            }
            before => {
                if let Some((id, ..)) = before {
                    store::disown(conn, id).await?;
                }
                let id = Uuid::new_v4();
                let sealed = seal(&shared.token_cipher, id, tokens)?;
                let owner = (user_id, &*mode.to_string());
                if !store::insert(conn, id, owner, garmin_user_id, &sealed).await? {
                    let message = "this Garmin account is connected to another user's log";
                    return Err(ApiError::new(ErrorCode::ConnectionTaken, message));
                }
            }
        }
        store::notify(conn).await?;
        let found = store::find(conn, identity).await?;
        shown(shared, conn, found).await
    })
    .await
}

/// Syncs at once. 409 if Garmin has to be connected again first.
pub async fn sync(state: &WorkerState, identity: Identity) -> ApiResult<ConnectionStatus> {
    let conn = state.pool.get().await?;
    let found = store::sync_now(&conn, identity).await?;
    let connection = identity.found(found, &conn).await?;
    if connection.needs_reauth {
        let message = "Garmin no longer accepts the key: connect Garmin again";
        return Err(ApiError::new(ErrorCode::GarminNeedsReauth, message));
    }
    store::notify(&conn).await?;
    shown(state, &conn, Some(connection)).await
}

/// Ends the connection: nothing more is fetched, and Garmin is notified as soon as possible.
pub async fn disconnect(state: &WorkerState, identity: Identity) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let found = store::find(conn, identity).await?;
        let connection = identity.found(found, conn).await?;
        store::disown(conn, connection.id).await?;
        Ok(store::notify(conn).await?)
    })
    .await
}

/// Starts to connect Garmin with a login there.
pub async fn authorize(
    state: &WorkerState,
    identity: Identity,
    return_to: Option<String>,
) -> ApiResult<Start> {
    let developer = developer(state)?;
    state.providers.require_return_to(return_to.as_deref())?;
    {
        let conn = state.pool.get().await?;
        identity.confirm(&conn).await?;
    }
    let attempt = AuthorizationRequest::new(Garmin::Garmin, return_to, Some(identity));
    let key = &state.server_key;
    let url = developer.grant()?.authorization_url(key, &attempt, &[], &[]);
    let cookie = attempt.seal(key).map_err(ApiError::internal)?;
    Ok(Start { url: url.into(), state: attempt.state(key), cookie })
}

/// The attempt that Garmin redirected back with, and its key; otherwise 400 `invalid_state`.
pub fn open_attempt<'a>(
    state: &'a WorkerState,
    cookie: Option<&str>,
    params: &CallbackParams,
) -> ApiResult<(GarminAttempt, &'a ServerKey)> {
    developer(state)?;
    AuthorizationRequest::returned(&state.server_key, cookie, &Garmin::Garmin, params)
}

/// Completes an attempt: Garmin is connected. 409 `connection_taken`.
pub async fn finish(
    state: &WorkerState,
    (attempt, key): (&GarminAttempt, &ServerKey),
    params: CallbackParams,
) -> ApiResult<()> {
    let identity = attempt.linking.ok_or_else(ApiError::invalid_access_token)?;
    spend(state, attempt.id).await?;
    let code = read_code(params)?;
    let developer = developer(state)?;
    let verifier = attempt.verifier(key);
    let tokens =
        developer.redeem(&code, verifier.secret()).await.map_err(|trouble| match trouble {
            GarminFailure::Refused => {
                ApiError::new(ErrorCode::InvalidCode, "Garmin rejected this code; connect again")
            }
            other => other.into(),
        })?;
    let garmin_user_id = developer.user_id(&tokens.access).await?;
    keep(state, identity, (Mode::Developer, Some(&garmin_user_id)), &tokens).await?;
    tracing::info!(user.id = %identity.user_id, at = %Utc::now(), "Garmin connected");
    Ok(())
}

/// 404 if the operator is not a partner of Garmin.
fn developer(state: &WorkerState) -> ApiResult<Developer<'_>> {
    let config = state.garmin.developer.as_ref().ok_or_else(ApiError::not_found)?;
    Ok(Developer {
        calls: state.outbound.client().into(),
        outbound: &state.outbound,
        config,
        redirect_uri: redirect_uri(&state.base_url),
    })
}

/// Notifies the owner by mail that nothing more is fetched, in the caller's transaction.
pub async fn tell_owner(conn: &AsyncPgConnection, user_id: Uuid, id: Uuid) -> ApiResult<()> {
    outbox::store::enqueue(conn, &Message::garmin_reauth(user_id, id)).await?;
    Ok(())
}

/// Whether a mail that asks to connect Garmin again is still relevant.
pub async fn needs_reauth(conn: &AsyncPgConnection, id: Uuid) -> ApiResult<bool> {
    Ok(store::needs_reauth(conn, id).await?)
}
