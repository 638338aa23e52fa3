//! The identity providers.

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::credentials::LoginMethod;

/// An identity provider.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    Google,
    Facebook,
    /// The OpenID provider that the operator configured.
    Oidc,
}

impl Provider {
    pub const ALL: [Self; 3] = [Self::Google, Self::Facebook, Self::Oidc];
}

impl From<Provider> for LoginMethod {
    fn from(provider: Provider) -> Self {
        match provider {
            Provider::Google => Self::Google,
            Provider::Facebook => Self::Facebook,
            Provider::Oidc => Self::Oidc,
        }
    }
}
