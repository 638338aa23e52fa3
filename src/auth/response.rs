//! The answer of every way in, and of a refresh.

use actix_web::{
    HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DEVICE_LIFE_SECS, DeviceToken, cookie_name};
use crate::{
    credentials::{Account, RefreshToken},
    db::clock,
    error::ApiResult,
    state::Shared,
};

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
    /// To be sent as `Device-Token` with the next login from this device, which strangers cannot
    /// block then. Opens nothing. Browsers get it as a cookie, too.
    device_token: String,
    #[serde(skip)]
    is_behind_tls: bool,
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
    pub fn as_fragment(&self) -> [(&'static str, String); 5] {
        [
            ("token", self.token.clone()),
            ("token_type", self.token_type.to_owned()),
            ("expires_in", self.expires_in.to_string()),
            ("refresh_token", self.refresh_token.clone()),
            ("device_token", self.device_token.clone()),
        ]
    }

    /// 200 with the tokens, and the cookie that lets a browser be known again.
    pub fn answer(&self) -> HttpResponse {
        HttpResponse::Ok().cookie(self.device_cookie()).json(self)
    }

    pub fn device_cookie(&self) -> Cookie<'static> {
        Cookie::build(cookie_name(self.is_behind_tls), self.device_token.clone())
            .path("/")
            .secure(self.is_behind_tls)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(DEVICE_LIFE_SECS))
            .finish()
    }

    /// Signs the tokens of a session that ends at `session_ends`.
    pub fn issue(
        state: &Shared,
        account: &Account,
        refresh_token: RefreshToken,
        session_ends: DateTime<Utc>,
    ) -> ApiResult<Self> {
        let (user_id, session_id) = (account.user_id, refresh_token.session_id);
        let device_token = DeviceToken { user_id, session_id };
        let access = state.jwt.issue(account, refresh_token, session_ends, clock::now())?;
        Ok(Self {
            token: access.token,
            token_type: "Bearer",
            expires_in: access.lifetime.as_secs(),
            expires_at: access.expires_at,
            refresh_token: refresh_token.seal(&state.server_key),
            refresh_expires_at: session_ends,
            device_token: device_token.seal(&state.server_key),
            is_behind_tls: state.is_behind_tls,
            user: AuthenticatedUser {
                id: account.user_id,
                email: account.email.as_ref().map(ToString::to_string),
            },
        })
    }
}
