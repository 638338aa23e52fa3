//! Which answers are compressed: those that are worth it. Request bodies never are.

use actix_web::{
    Error,
    body::{BodySize, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::header::{self, AcceptEncoding, Encoding, Header, HeaderMap, HeaderValue},
    middleware::Next,
};

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
