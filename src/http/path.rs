//! Path parameters.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use crate::error::{ApiError, ApiResult};

/// The path's `{id}` as `T`. What cannot be an id names nothing: 404.
pub struct ApiPath<T>(pub T);

impl<T: FromStr> FromRequest for ApiPath<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(|text| text.parse().ok());
        ready(id.map(Self).ok_or_else(ApiError::not_found))
    }
}
