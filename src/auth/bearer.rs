//! The token of a request.

use std::borrow::Cow;

use actix_web::{HttpRequest, http::header, web::Data};
use base64::{Engine, engine::general_purpose::STANDARD};

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// The prefix of every personal access token, so that secret scanners recognise a leaked one.
pub const PREFIX: &str = "slog_";

/// The bearer token of the request, without checking it. A personal access token may also be the
/// password of Basic authentication (RFC 7617), with any user name, for clients that send no other
/// header.
pub fn bearer(request: &HttpRequest) -> ApiResult<(&WorkerState, Cow<'_, str>)> {
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
    if scheme.eq_ignore_ascii_case("bearer") {
        return Ok((state, Cow::Borrowed(token.trim())));
    }
    if scheme.eq_ignore_ascii_case("basic") {
        let password = password(token.trim()).ok_or_else(ApiError::invalid_access_token)?;
        return Ok((state, Cow::Owned(password)));
    }
    Err(missing())
}

/// The personal access token in the credentials of Basic authentication.
fn password(credentials: &str) -> Option<String> {
    let decoded = String::from_utf8(STANDARD.decode(credentials).ok()?).ok()?;
    let (_, password) = decoded.split_once(':')?;
    password.starts_with(PREFIX).then(|| password.to_owned())
}
