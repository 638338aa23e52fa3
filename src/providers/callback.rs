//! What comes back from a provider.

use serde::Deserialize;
use utoipa::IntoParams;

/// What a provider sends people back with (RFC 6749, section 4.1.2).
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct CallbackParams {
    pub state: Option<String>,
    pub code: Option<String>,
    pub error: Option<String>,
    /// The issuer that answers (RFC 9207). Another than the provider's is refused.
    pub iss: Option<String>,
}
