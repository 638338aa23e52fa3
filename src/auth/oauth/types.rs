//! What the endpoints take.

use serde::Deserialize;

/// The query string of `GET /auth/login/{provider}`.
#[derive(Deserialize)]
pub struct LoginParams {
    pub return_to: Option<String>,
}

/// What a provider sends people back with (RFC 6749, section 4.1.2).
#[derive(Deserialize)]
pub struct CallbackParams {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
}
