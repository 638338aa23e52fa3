//! The extractors that make a route protected by standing in its handler's signature.

use std::{
    future::{Ready, ready},
    marker::PhantomData,
};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Data};
use derive_more::Deref;
use futures_util::future::{Either, FutureExt, LocalBoxFuture};
use uuid::Uuid;

use super::{
    Identity,
    tokens::{self, PREFIX, ScopeOf},
};
use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// The bearer of a valid access token of a login. Stores take its [`Identity`] and check in their own
/// statement that it is still good.
#[derive(Clone, Copy, Debug, Deref)]
pub struct CurrentUser(Identity);

/// The same, or the bearer of a personal access token with the scope `S`.
#[derive(Clone, Copy, Debug, Deref)]
pub struct Permitted<S>(#[deref] Identity, PhantomData<S>);

/// Left in the request's extensions for the log line.
#[derive(Clone, Copy, Debug)]
pub struct LoggedUser(pub Uuid);

impl CurrentUser {
    pub fn identity(self) -> Identity {
        self.0
    }
}

impl<S> Permitted<S> {
    pub fn identity(self) -> Identity {
        self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(bearer(request).and_then(|(state, token)| {
            if token.starts_with(PREFIX) {
                let message = "this needs a login; a personal access token is not enough";
                return Err(ApiError::new(ErrorCode::InsufficientScope, message));
            }
            let identity = state.known_tokens.verify(&state.jwt, token)?;
            welcome(request, state, identity).map(Self)
        }))
    }
}

impl<S: ScopeOf + 'static> FromRequest for Permitted<S> {
    type Error = ApiError;
    type Future = Either<Ready<ApiResult<Self>>, LocalBoxFuture<'static, ApiResult<Self>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let permitted = |identity| Self(identity, PhantomData);
        match bearer(request) {
            Ok((_, token)) if token.starts_with(PREFIX) => {
                let (request, token) = (request.clone(), token.to_owned());
                let authenticated = async move {
                    let (state, _) = bearer(&request)?;
                    let identity = tokens::authenticate(state, &token, S::SCOPE).await?;
                    welcome(&request, state, identity).map(permitted)
                };
                Either::Right(authenticated.boxed_local())
            }
            Ok((state, token)) => {
                let verified = state.known_tokens.verify(&state.jwt, token);
                let welcomed = verified.and_then(|identity| welcome(request, state, identity));
                Either::Left(ready(welcomed.map(permitted)))
            }
            Err(error) => Either::Left(ready(Err(error))),
        }
    }
}

/// The token that the request bears, whatever it is worth.
fn bearer(request: &HttpRequest) -> ApiResult<(&WorkerState, &str)> {
    let missing =
        || ApiError::new(ErrorCode::MissingToken, "this needs `Authorization: Bearer <token>`");
    let state = request
        .app_data::<Data<WorkerState>>()
        .ok_or_else(|| ApiError::internal("no worker state"))?;
    let value = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    // What is no ASCII is no token either. `to_str`, which would refuse it here, takes ten times as long.
    let value = str::from_utf8(value.as_bytes()).map_err(|_| ApiError::invalid_access_token())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    Ok((state, token.trim()))
}

/// Counts the request against the user's limit and leaves word for the log.
fn welcome(request: &HttpRequest, state: &WorkerState, identity: Identity) -> ApiResult<Identity> {
    if let Some(standing) = state.local_limits.take_user(identity.user_id)? {
        request.extensions_mut().insert(standing);
    }
    request.extensions_mut().insert(LoggedUser(identity.user_id));
    Ok(identity)
}
