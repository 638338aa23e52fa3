//! What the endpoints take.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{auth::AuthResponse, providers::Provider};

/// The query string of `GET /auth/login/{provider}`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LoginParams {
    pub return_to: Option<String>,
}

/// What somebody who comes back is answered.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum Returned {
    LoggedIn(Box<AuthResponse>),
    Linked {
        /// The provider that is a way in now.
        linked: Provider,
    },
}
