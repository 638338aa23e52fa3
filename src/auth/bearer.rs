//! The bearer token of a request.

use actix_web::{HttpRequest, http::header, web::Data};

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// The bearer token of the request, without checking it.
pub fn bearer(request: &HttpRequest) -> ApiResult<(&WorkerState, &str)> {
    let missing = || {
        ApiError::new(
            ErrorCode::MissingToken,
            "the request needs the header `Authorization: Bearer <token>`",
        )
    };
    let state = request
        .app_data::<Data<WorkerState>>()
        .ok_or_else(|| ApiError::internal("no worker state"))?;
    let value = request.headers().get(header::AUTHORIZATION).ok_or_else(missing)?;
    // A token is ASCII. `to_str` would reject anything else, but takes ten times as long.
    let value = str::from_utf8(value.as_bytes()).map_err(|_| ApiError::invalid_access_token())?;
    let (scheme, token) = value.split_once(' ').ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Err(missing());
    }
    Ok((state, token.trim()))
}
