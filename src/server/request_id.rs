//! The id of a request, for its response and the log: the client's own if it is
//! valid, else a new one.

use actix_web::{HttpMessage, dev::ServiceRequest, http::header::HeaderName};
use derive_more::{AsRef, Display};

pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The id, stored in the request's extensions.
#[derive(Clone, Debug, Display, AsRef)]
#[as_ref(str)]
pub struct RequestId(String);

impl RequestId {
    /// The id, created on first use.
    pub fn of(request: &ServiceRequest) -> Self {
        if let Some(id) = request.extensions().get::<Self>() {
            return id.clone();
        }
        let theirs = request.headers().get(X_REQUEST_ID).and_then(|value| value.to_str().ok());
        let id = theirs.filter(|id| is_sane(id)).map(str::to_owned).unwrap_or_else(|| {
            let ours = request.extensions().get::<tracing_actix_web::RequestId>().copied();
            ours.map(|id| id.to_string()).unwrap_or_default()
        });
        let id = Self(id);
        request.extensions_mut().insert(id.clone());
        id
    }
}

/// Whether the id is safe in logs and headers, and long enough to be searched for.
fn is_sane(id: &str) -> bool {
    (8..=64).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'))
}
