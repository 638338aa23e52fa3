//! Which answers are compressed: those that are worth it. Request bodies never are.

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, Header, HeaderMap, HeaderValue},
    middleware::Next,
};

use crate::error::{ApiError, ApiResult, ErrorCode};

/// Below that, compression costs more than it saves; and nothing secret that short is compressed
/// beside what somebody else may choose.
const FLOOR_BYTES: u64 = 1024;

const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// Stands inside the compressing middleware, which leaves alone what says it is encoded already.
pub async fn leave_small_ones<B: MessageBody>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let mut response = next.call(request).await?;
    let is_small =
        matches!(response.response().body().size(), BodySize::Sized(size) if size < FLOOR_BYTES);
    if is_small && !response.headers().contains_key(header::CONTENT_ENCODING) {
        response.headers_mut().insert(header::CONTENT_ENCODING, IDENTITY);
    }
    Ok(response)
}

/// Stands outside of it: a client that takes none of our encodings, and forbids plain text too, gets
/// plain text all the same (RFC 9110, section 12.5.3, leaves us that).
pub fn accept_any(request: &mut ServiceRequest) {
    let ours = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    if accepted.is_none_or(|accepted| accepted.negotiate(ours.iter()).is_none()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
}

/// Stands outside of it: "identity" is for requests, not for answers (RFC 9110, section 8.4.1).
pub fn tidy(response: &mut HeaderMap) {
    if response.get(header::CONTENT_ENCODING) == Some(&IDENTITY) {
        response.remove(header::CONTENT_ENCODING);
    }
}

/// 415 for a body with a `Content-Encoding` other than those in `taken`. The answer has
/// `Accept-Encoding`, which that of a wrong media type must not have (RFC 9110, sections 12.5.3 and
/// 15.5.16).
pub fn refuse_encoded(request: &HeaderMap, taken: &[&str]) -> ApiResult<()> {
    if request.get_all(header::CONTENT_ENCODING).all(|coding| is_one_of(coding, taken)) {
        return Ok(());
    }
    let message = "the body must not be compressed: send it without Content-Encoding";
    Err(ApiError::new(ErrorCode::UnsupportedMediaType, message))
}

/// `Accept-Encoding` of a 415, if the encoding was the problem.
pub fn accepted(request: &HeaderMap) -> Option<HeaderValue> {
    refuse_encoded(request, &[]).is_err().then_some(IDENTITY)
}

fn is_one_of(coding: &HeaderValue, taken: &[&str]) -> bool {
    let coding = coding.as_bytes().trim_ascii();
    let mut names = taken.iter().chain(&["", "identity"]);
    names.any(|name| coding.eq_ignore_ascii_case(name.as_bytes()))
}
