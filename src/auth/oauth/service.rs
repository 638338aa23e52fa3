//! The rules of logins through a provider, and of finding the account for one.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use uuid::Uuid;

use super::{store, tokens::seal};
use crate::{
    auth::{
        AuthResponse, Device,
        audit::{self, Event, EventKind},
        invitations, sessions, store as users,
    },
    credentials::{Identity, ServerKey},
    error::{ApiError, ApiResult, ErrorCode},
    providers::{
        CallbackParams, LoginAttempt, Provider, ProviderIdentity, ProviderTokens,
        attempt::invalid_state, grant,
    },
    state::{AppState, WorkerState},
};

/// The maximum length of a subject in OpenID Connect.
const MAX_SUBJECT: usize = 255;

/// The URL to send the browser to, and the cookie that must come back with the state.
pub struct Start {
    pub url: String,
    pub state: String,
    pub cookie: String,
}

/// The result of a completed attempt.
pub enum LoginResult {
    LoggedIn(AuthResponse),
    Linked(Provider),
}

/// Starts a login, or the linking of a provider to the account `linking`. 404 for a provider that
/// is not configured, 400 `invalid_return_to`, 502 if the provider's metadata cannot be fetched.
pub async fn start(
    state: &WorkerState,
    provider: Provider,
    return_to: Option<String>,
    linking: Option<Identity>,
) -> ApiResult<Start> {
    if !state.providers.is_offered(provider) {
        return Err(ApiError::not_found());
    }
    state.providers.require_return_to(return_to.as_deref())?;
    let key = &state.server_key;
    let attempt = LoginAttempt::new(provider, return_to, linking);
    let url = state.providers.authorization_url(&state.outbound, key, &attempt).await?;
    let cookie = attempt.seal(key).map_err(ApiError::internal)?;
    Ok(Start { url: url.into(), state: attempt.state(key), cookie })
}

/// Opens the returning attempt, with the key that sealed it, or 400 `invalid_state`. Contacts
/// neither the database nor the provider.
pub fn open_attempt<'a>(
    state: &'a WorkerState,
    provider: Provider,
    cookie: Option<&str>,
    params: &CallbackParams,
) -> ApiResult<(LoginAttempt, &'a ServerKey)> {
    if !state.providers.is_offered(provider) {
        return Err(ApiError::not_found());
    }
    LoginAttempt::returned(&state.server_key, cookie, &provider, params)
}

/// Completes an attempt: logs in, or links the provider to the account.
pub async fn finish(
    state: &WorkerState,
    (attempt, key): (&LoginAttempt, &ServerKey),
    params: CallbackParams,
    device: &Device,
) -> ApiResult<LoginResult> {
    let (providers, outbound) = (&state.providers, &state.outbound);
    spend(state, attempt.id).await?;
    providers.require_issuer(outbound, attempt.provider, params.iss.as_deref()).await?;
    let code = read_code(params)?;
    let (identity, tokens) = providers.identify(outbound, key, attempt, code).await?;
    let subject = &identity.subject;
    let is_usable = !subject.is_empty() && !subject.contains(|c: char| c.is_ascii_control());
    if !is_usable || !subject.is_ascii() || subject.len() > MAX_SUBJECT {
        return Err(grant::provider_error("the subject is not valid"));
    }
    let Some(session) = attempt.linking else {
        let identity = if is_known(state, &identity).await? {
            identity
        } else {
            providers.complete(outbound, identity, &tokens).await?
        };
        return log_in(state, &identity, &tokens, device).await.map(LoginResult::LoggedIn);
    };
    // A link only displays the address, so it can be made without one.
    let completed = providers.complete(outbound, identity.clone(), &tokens).await;
    let identity = completed.unwrap_or_else(|error| {
        tracing::warn!(error.cause = ?error.cause, "cannot get the profile of the linked account from the provider");
        identity
    });
    link(state, session, &identity, &tokens, device).await?;
    Ok(LoginResult::Linked(identity.provider))
}

/// Whether this provider account has logged in before. If so, no address is needed, and a failure
/// to fetch one must not prevent the login.
async fn is_known(state: &WorkerState, identity: &ProviderIdentity) -> ApiResult<bool> {
    let conn = state.pool.get().await?;
    Ok(store::find(&conn, identity).await?.is_some())
}

/// Marks the attempt as spent. 400 `invalid_state` if it already was.
pub async fn spend(state: &WorkerState, attempt_id: Uuid) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    if store::spend_state(&conn, attempt_id).await? { Ok(()) } else { Err(invalid_state()) }
}

/// The authorization code with which the provider redirected, or the provider's error.
pub fn read_code(params: CallbackParams) -> ApiResult<String> {
    match (params.error, params.code) {
        (Some(error), _) => Err(refused(&error)),
        (None, Some(code)) if !code.is_empty() => Ok(code),
        (None, _) => {
            let message = "the provider sent neither a code nor an error";
            Err(ApiError::new(ErrorCode::InvalidParameter, message))
        }
    }
}

/// Logs in the user to whom the provider account belongs. The first login creates an account, or
/// links the provider to the account whose address both sides have verified.
async fn log_in(
    state: &WorkerState,
    identity: &ProviderIdentity,
    tokens: &ProviderTokens,
    device: &Device,
) -> ApiResult<AuthResponse> {
    let shared: &AppState = state;
    let method = identity.provider.into();
    let mut conn = state.pool.get().await?;
    let (response, is_new) = conn
        .transaction::<_, ApiError, _>(async |conn| {
            store::lock_identity(conn, identity).await?;
            let (user_id, is_new) = match store::find(conn, identity).await? {
                Some((id, user_id)) => {
                    let sealed = seal(&shared.token_cipher, id, tokens)?;
                    store::update(conn, id, identity, &sealed).await?;
                    (user_id, false)
                }
                None => {
                    let (user_id, is_new) = owner(shared, conn, identity, device).await?;
                    connect(shared, conn, user_id, identity, tokens).await?;
                    if !is_new {
                        let event = Event::of(EventKind::ProviderLinked, user_id);
                        audit::record(conn, &event.by(identity.provider).from(device)).await?;
                    }
                    (user_id, is_new)
                }
            };
            let account = users::find_account(conn, user_id).await?;
            Ok((sessions::open(shared, conn, &account, method, device).await?, is_new))
        })
        .await?;
    if is_new {
        state.metrics.users_registered.inc();
    }
    Ok(response)
}

/// The account for a first login, and whether it was just created. An address that the provider has
/// verified finds an existing account. If that account's address was not verified before, or if
/// there is no account, the server must admit the person, and everything that a stranger may have
/// set is deleted.
async fn owner(
    shared: &AppState,
    conn: &AsyncPgConnection,
    identity: &ProviderIdentity,
    device: &Device,
) -> ApiResult<(Uuid, bool)> {
    let email = identity.proven_email();
    if let Some(email) = &email
        && let Some(user_id) = users::find_user(conn, email).await?
        && users::is_verified(conn, user_id).await?
    {
        return Ok((user_id, false));
    }
    let provider = identity.provider;
    let invitation = invitations::require_admission(shared, conn, provider, email.as_ref()).await?;
    let (user_id, is_new) = match &email {
        Some(email) => users::find_or_create_user(conn, email).await?,
        None => (store::create_user(conn).await?, true),
    };
    users::ensure_account(conn, user_id).await?;
    if email.is_some() && !users::is_verified(conn, user_id).await? {
        users::delete_data_of_strangers(conn, user_id).await?;
        users::set_email_verified(conn, user_id).await?;
        users::end_sessions(conn, user_id).await?;
    }
    if let Some(invitation) = invitation {
        invitations::accepted(conn, invitation.id, user_id, device).await?;
    }
    Ok((user_id, is_new))
}

/// Links a provider account to the account that requested it. 409 `connection_taken`.
async fn link(
    state: &WorkerState,
    session: Identity,
    identity: &ProviderIdentity,
    tokens: &ProviderTokens,
    device: &Device,
) -> ApiResult<()> {
    let shared: &AppState = state;
    let user_id = session.user_id;
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        store::lock_identity(conn, identity).await?;
        session.confirm(conn).await?;
        match store::find(conn, identity).await? {
            Some((_, owner)) if owner == user_id => return Ok(()),
            Some(_) => return Err(taken("this account at the provider is linked to another user")),
            None => connect(shared, conn, user_id, identity, tokens).await?,
        }
        let event = Event::of(EventKind::ProviderLinked, user_id);
        audit::record(conn, &event.by(identity.provider).from(device)).await
    })
    .await
}

async fn connect(
    shared: &AppState,
    conn: &AsyncPgConnection,
    user_id: Uuid,
    identity: &ProviderIdentity,
    tokens: &ProviderTokens,
) -> ApiResult<()> {
    let id = Uuid::new_v4();
    let sealed = seal(&shared.token_cipher, id, tokens)?;
    if store::insert(conn, id, user_id, identity, &sealed).await? {
        return Ok(());
    }
    Err(taken("the user is linked to another account at this provider"))
}

/// Maps a provider's error code (RFC 6749, section 4.1.2.1).
fn refused(error: &str) -> ApiError {
    match error {
        "server_error"
        | "temporarily_unavailable"
        | "invalid_request"
        | "unauthorized_client"
        | "unsupported_response_type"
        | "invalid_scope" => grant::provider_error(error),
        _ => ApiError::new(ErrorCode::LoginDenied, "the login was denied at the provider"),
    }
}

fn taken(message: &'static str) -> ApiError {
    ApiError::new(ErrorCode::ConnectionTaken, message)
}
