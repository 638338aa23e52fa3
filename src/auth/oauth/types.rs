//! Query parameters and response bodies.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{auth::AuthResponse, providers::Provider};

/// Query parameters of `GET /auth/login/{provider}`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoginParams {
    /// Where to redirect afterwards. Must be one of the URLs that the operator allows.
    pub return_to: Option<String>,
}

/// Response body of `GET /auth/callback/{provider}`.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Returned {
    LoggedIn(Box<AuthResponse>),
    Linked(LinkedProvider),
}

/// The response if a provider was linked to the account.
#[derive(Serialize, ToSchema)]
pub struct LinkedProvider {
    /// The provider that is now a login method.
    pub linked: Provider,
}
