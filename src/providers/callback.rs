//! The parameters with which a provider redirects back.

use serde::Deserialize;
use utoipa::IntoParams;

/// The query parameters of a provider's authorization response (RFC 6749, section 4.1.2).
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackParams {
    /// The `state` of the authorization URL.
    pub state: Option<String>,
    /// The authorization code.
    pub code: Option<String>,
    /// Why the provider refused, instead of a code.
    pub error: Option<String>,
    /// The issuer of the response (RFC 9207). Must be the provider's issuer.
    pub iss: Option<String>,
}
