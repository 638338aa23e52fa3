//! The answer of every way in.

use chrono::{DateTime, Utc};
use serde::Serialize;
use uuid::Uuid;

use super::{EmailAddress, Identity, JwtKeys};
use crate::error::ApiResult;

/// An access token and whom it is for.
#[derive(Serialize)]
pub struct AuthResponse {
    token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    expires_at: DateTime<Utc>,
    user: AuthenticatedUser,
}

#[derive(Serialize)]
struct AuthenticatedUser {
    id: Uuid,
    email: String,
}

impl AuthResponse {
    /// Signs a token for `identity`.
    pub fn issue(keys: &JwtKeys, identity: Identity, email: &EmailAddress) -> ApiResult<Self> {
        let access = keys.issue(identity, email, Utc::now())?;
        Ok(Self {
            token: access.token,
            token_type: "Bearer",
            expires_in: access.lifetime.as_secs(),
            expires_at: access.expires_at,
            user: AuthenticatedUser { id: identity.user_id, email: email.to_string() },
        })
    }
}
