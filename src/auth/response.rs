//! The answer of every way in, and of a refresh.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{Account, sessions::RefreshToken};
use crate::{db::clock, error::ApiResult, state::Shared};

/// An access token, what renews it, and whom it is for.
#[derive(Serialize, ToSchema)]
pub struct AuthResponse {
    token: String,
    token_type: &'static str,
    /// Seconds.
    expires_in: u64,
    expires_at: DateTime<Utc>,
    refresh_token: String,
    /// The end of the session, unless it is refreshed before.
    refresh_expires_at: DateTime<Utc>,
    user: AuthenticatedUser,
}

#[derive(Serialize, ToSchema)]
struct AuthenticatedUser {
    id: Uuid,
    #[schema(required)]
    email: Option<String>,
}

impl AuthResponse {
    /// The same as pairs, for a URL's fragment.
    pub fn as_fragment(&self) -> [(&'static str, String); 4] {
        [
            ("token", self.token.clone()),
            ("token_type", self.token_type.to_owned()),
            ("expires_in", self.expires_in.to_string()),
            ("refresh_token", self.refresh_token.clone()),
        ]
    }

    /// Signs the tokens of a session that ends at `session_ends`.
    pub fn issue(
        state: &Shared,
        account: &Account,
        refresh_token: RefreshToken,
        session_ends: DateTime<Utc>,
    ) -> ApiResult<Self> {
        let access = state.jwt.issue(account, refresh_token, session_ends, clock::now())?;
        Ok(Self {
            token: access.token,
            token_type: "Bearer",
            expires_in: access.lifetime.as_secs(),
            expires_at: access.expires_at,
            refresh_token: refresh_token.seal(&state.server_key),
            refresh_expires_at: session_ends,
            user: AuthenticatedUser {
                id: account.user_id,
                email: account.email.as_ref().map(ToString::to_string),
            },
        })
    }
}
