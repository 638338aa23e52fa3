//! Query parameters.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::de::DeserializeOwned;
use serde_urlencoded::Deserializer;
use url::form_urlencoded;

use super::known;
use crate::{
    error::{ApiError, ApiResult},
    validation::words,
};

/// The query string, deserialised to `T`. Ignores unknown parameters. 400 `invalid_parameter` for
/// an invalid value.
pub struct ApiQuery<T>(pub T);

impl<T: DeserializeOwned> FromRequest for ApiQuery<T> {
    type Error = ApiError;
    type Future = Ready<ApiResult<Self>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let pairs = form_urlencoded::parse(request.query_string().as_bytes());
        let parsed = serde_path_to_error::deserialize(Deserializer::new(pairs));
        ready(parsed.map(Self).map_err(|error| {
            let (path, problem) = (error.path().to_string(), error.inner().to_string());
            if let Some((name, (_, message))) = words::of_presence(&problem) {
                return ApiError::invalid_parameter(name.to_owned(), message);
            }
            let bounds = known::bounds(request, &path);
            let message = bounds.unwrap_or_else(|| words::of_value(&problem).1);
            ApiError::invalid_parameter(path, message)
        }))
    }
}
