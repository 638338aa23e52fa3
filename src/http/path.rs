//! Path parameters.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::error::{ApiError, ApiResult};

/// The only path parameter, parsed as `T`. 404 if it is invalid.
pub struct ApiPath<T>(pub T);

impl<T: FromStr> FromRequest for ApiPath<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let parameter = request.match_info().iter().next();
        let value = parameter.and_then(|(_, text)| text.parse().ok());
        ready(value.map(Self).ok_or_else(ApiError::not_found))
    }
}
