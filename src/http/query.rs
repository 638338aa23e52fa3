//! Query parameters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;

use crate::error::{ApiError, ApiResult, ErrorCode};

/// The query string as `T`; unknown parameters are ignored. 400 `invalid_parameter` otherwise.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequest for ApiQuery<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(
            serde_urlencoded::from_str(request.query_string())
                .map(Self)
                .map_err(|error| ApiError::new(ErrorCode::InvalidParameter, error.to_string())),
        )
    }
}
