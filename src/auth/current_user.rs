//! The extractor that makes a route protected by standing in its handler's signature.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web::Data};
use derive_more::Deref;
use uuid::Uuid;

use super::Identity;
use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// The bearer of a valid access token. Stores take its [`Identity`] and check in their own
/// statement that it is still good.
#[derive(Clone, Copy, Debug, Deref)]
pub struct CurrentUser(Identity);

/// Left in the request's extensions for the log line.
#[derive(Clone, Copy, Debug)]
pub struct LoggedUser(pub Uuid);

impl CurrentUser {
    pub fn identity(self) -> Identity {
        self.0
    }
}

impl FromRequest for CurrentUser {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(authenticate(request).inspect(|user| {
            request.extensions_mut().insert(LoggedUser(user.user_id));
        }))
    }
}

fn authenticate(request: &HttpRequest) -> ApiResult<CurrentUser> {
    let missing =
        || ApiError::new(ErrorCode::MissingToken, "this needs `Authorization: Bearer <token>`");
    let state = request
        .app_data::<Data<WorkerState>>()
        .ok_or_else(|| ApiError::internal("no worker state"))?;
    let value = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    let value = value.to_str().map_err(|_| ApiError::invalid_access_token())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    let user = state.jwt.verify(token.trim()).map(CurrentUser)?;
    if let Some(standing) = state.local_limits.take_user(user.user_id)? {
        request.extensions_mut().insert(standing);
    }
    Ok(user)
}
