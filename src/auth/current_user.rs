//! Extractors that authenticate a request. A handler is protected if its signature contains one.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload};
use derive_more::Deref;
use futures_util::future::{Either, FutureExt, LocalBoxFuture};
use uuid::Uuid;

use super::{
    bearer::{PREFIX, bearer},
    sessions,
    tokens::{self, ScopeOf},
};
use crate::{
    credentials::Identity,
    error::{ApiError, ApiResult},
    fair_use::{Client, Request},
    http::UnknownParameter,
    state::WorkerState,
};

/// The user of a valid access token from a login. Stores take its [`Identity`] and check in their
/// own statement that the session is still live.
#[derive(Clone, Copy, Debug, Deref)]
pub struct CurrentUser(Identity);

/// Like [`CurrentUser`], but also accepts a personal access token with the scope `S`.
#[derive(Clone, Copy, Debug, Deref)]
pub struct Permitted<S> {
    #[deref]
    identity: Identity,
    may_read: bool,
    is_login: bool,
    scope: PhantomData<S>,
}

/// Put into the request's extensions for the log line.
#[derive(Clone, Copy, Debug)]
pub struct LoggedUser(pub Uuid);

/// Ready at once for a token in this worker's cache, which is the common case.
type Extraction<T> = Either<Ready<ApiResult<T>>, LocalBoxFuture<'static, ApiResult<T>>>;

impl CurrentUser {
    pub fn identity(self) -> Identity {
        self.0
    }
}

impl<S> Permitted<S> {
    pub fn identity(&self) -> Identity {
        self.identity
    }

    /// Whether the token may also read activities, whatever `S` is. Only then may the response to a
    /// write contain an activity.
    pub fn may_read(&self) -> bool {
        self.may_read
    }

    /// Whether this is a login, and not a personal access token.
    pub fn is_login(&self) -> bool {
        self.is_login
    }
}

impl FromRequest for CurrentUser {
    type Error = ApiError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        match bearer(request) {
            Ok((_, token)) if token.starts_with(PREFIX) => {
                let (request, token) = (request.clone(), token.into_owned());
                let refused = async move {
                    let (state, _) = bearer(&request)?;
                    Err(tokens::refuse(state, &token).await)
                };
                Either::Right(refused.boxed_local())
            }
            Ok((state, token)) => logged_in(request, state, &token, Self),
            Err(error) => refused(error),
        }
    }
}

impl<S: ScopeOf + 'static> FromRequest for Permitted<S> {
    type Error = ApiError;
    type Future = Extraction<Self>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        match bearer(request) {
            Ok((_, token)) if token.starts_with(PREFIX) => {
                let (request, token) = (request.clone(), token.into_owned());
                let authenticated = async move {
                    let (state, _) = bearer(&request)?;
                    let (identity, may_read) =
                        tokens::authenticate(state, &token, S::SCOPE).await?;
                    let identity = welcome(&request, state, identity)?;
                    Ok(Self { identity, may_read, is_login: false, scope: PhantomData })
                };
                Either::Right(authenticated.boxed_local())
            }
            Ok((state, token)) => logged_in(request, state, &token, |identity| Self {
                identity,
                may_read: true,
                is_login: true,
                scope: PhantomData,
            }),
            Err(error) => refused(error),
        }
    }
}

fn refused<T>(error: ApiError) -> Extraction<T> {
    Either::Left(ready(Err(error)))
}

/// Authenticates an access token from a login. Its first use in this worker is stored before the
/// request is handled: from then on, the refresh token that it replaced is spent.
fn logged_in<T: 'static>(
    request: &HttpRequest,
    state: &WorkerState,
    token: &str,
    bearer_of: fn(Identity) -> T,
) -> Extraction<T> {
    if let Some(identity) = state.known_tokens.get(token) {
        return Either::Left(ready(welcome(request, state, identity).map(bearer_of)));
    }
    let (request, token) = (request.clone(), token.to_owned());
    let verified = async move {
        let (state, _) = bearer(&request)?;
        let verified = state.jwt.verify(&token)?;
        sessions::note_use(state, &verified).await?;
        state.known_tokens.put(&token, verified);
        welcome(&request, state, verified.identity).map(bearer_of)
    };
    Either::Right(verified.boxed_local())
}

/// Counts the request against the user's rate limit and records the user for the log. 400 if the
/// request has an unknown parameter.
fn welcome(request: &HttpRequest, state: &WorkerState, identity: Identity) -> ApiResult<Identity> {
    if let Some(standing) = state.local_limits.take_user(identity.user_id)? {
        request.extensions_mut().insert(standing);
    }
    request.extensions_mut().insert(LoggedUser(identity.user_id));
    Request::is_from(Client::User(identity.user_id));
    match request.extensions_mut().remove() {
        Some(UnknownParameter(error)) => Err(error),
        None => Ok(identity),
    }
}
