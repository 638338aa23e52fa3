//! CORS: web pages of the allowed origins may use the API. By default, none are allowed.

use actix_cors::Cors;
use actix_web::http::header;

/// The response headers that web clients read.
const EXPOSED: [&str; 8] = [
    "etag",
    "location",
    "preference-applied",
    "content-disposition",
    "retry-after",
    "ratelimit",
    "ratelimit-policy",
    "x-request-id",
];

/// Credentials are not allowed, because access tokens are sent in a header and never in a cookie.
/// The cookie with a refresh token is for our own pages.
pub fn cors(origins: &[String]) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST", "PUT", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            header::HeaderName::from_static("device-token"),
            header::HeaderName::from_static("idempotency-key"),
            header::HeaderName::from_static("prefer"),
            header::HeaderName::from_static("x-request-id"),
        ])
        .expose_headers(EXPOSED)
        .block_on_origin_mismatch(false)
        .max_age(3600);
    origins.iter().fold(cors, |cors, origin| match origin.strip_suffix('*') {
        None => cors.allowed_origin(origin),
        Some(host) => {
            let host = host.to_owned();
            cors.allowed_origin_fn(move |origin, _| {
                let port = origin.as_bytes().strip_prefix(host.as_bytes());
                port.is_some_and(|port| port.iter().all(u8::is_ascii_digit))
            })
        }
    })
}
