//! Rejection of compressed request bodies.

use actix_web::http::header::{self, HeaderMap, HeaderValue};

use crate::error::{ApiError, ApiResult, ErrorCode};

const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// 415 for a body with a `Content-Encoding` that is not in `taken`. The response has
/// `Accept-Encoding`, unlike a 415 for a wrong media type (RFC 9110, sections 12.5.3 and 15.5.16).
pub fn refuse_encoded(request: &HeaderMap, taken: &[&str]) -> ApiResult<()> {
    if request.get_all(header::CONTENT_ENCODING).all(|coding| is_one_of(coding, taken)) {
        return Ok(());
    }
    let message = "the body must not be compressed: send it without Content-Encoding";
    Err(ApiError::new(ErrorCode::UnsupportedMediaType, message))
}

/// The `Accept-Encoding` of a 415, if it was caused by the encoding.
pub fn accepted(request: &HeaderMap) -> Option<HeaderValue> {
    refuse_encoded(request, &[]).is_err().then_some(IDENTITY)
}

fn is_one_of(coding: &HeaderValue, taken: &[&str]) -> bool {
    let coding = coding.as_bytes().trim_ascii();
    let mut names = taken.iter().chain(&["", "identity"]);
    names.any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
}
