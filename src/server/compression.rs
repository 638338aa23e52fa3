//! Selects the responses that are worth compressing.

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, Header, HeaderMap, HeaderValue},
    middleware::Next,
};

/// Below this size, compression costs more than it saves. This also keeps short secrets, such as
/// tokens, from being compressed together with text that an attacker may choose.
const FLOOR_BYTES: u64 = 1024;

const IDENTITY: HeaderValue = HeaderValue::from_static("identity");

/// Runs inside the compressing middleware, which skips responses that are already encoded.
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

/// Runs outside the compressing middleware. A client that accepts none of the encodings, not even
/// `identity`, gets an uncompressed response, as RFC 9110, section 12.5.3 permits.
pub fn accept_any(request: &mut ServiceRequest) {
    let ours = [Encoding::gzip(), Encoding::identity()];
    let accepted = AcceptEncoding::parse(request).ok();
    if accepted.is_none_or(|accepted| accepted.negotiate(ours.iter()).is_none()) {
        request.headers_mut().remove(header::ACCEPT_ENCODING);
    }
}

/// Runs outside the compressing middleware. Removes "identity", which is only for requests (RFC
/// 9110, section 8.4.1).
pub fn tidy(response: &mut HeaderMap) {
    if response.get(header::CONTENT_ENCODING) == Some(&IDENTITY) {
        response.remove(header::CONTENT_ENCODING);
    }
}
