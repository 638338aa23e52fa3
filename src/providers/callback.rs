//! The parameters with which a provider redirects back.

use serde::Deserialize;
use utoipa::IntoParams;

/// The query parameters of a provider's authorization response (RFC 6749, section 4.1.2).
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackParams {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    /// The issuer of the response (RFC 9207). Must be the provider's issuer.
    pub iss: Option<String>,
}
