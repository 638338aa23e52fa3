//! The response to every login and refresh.

use actix_web::{
    HttpResponse,
    cookie::{Cookie, SameSite, time::Duration},
};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{DEVICE_LIFE_SECS, DeviceToken, RefreshTokenIn, device_cookie, refresh_cookie};
use crate::{
    credentials::{Account, RefreshToken},
    db::clock,
    error::ApiResult,
    state::AppState,
};

/// An access token, the refresh token that renews it, and the user.
#[derive(Serialize, ToSchema)]
pub struct AuthResponse {
    token: String,
    token_type: &'static str,
    /// Lifetime of `token`, in seconds.
    expires_in: u64,
    expires_at: DateTime<Utc>,
    /// `null` if the request asked for a cookie instead.
    #[schema(required)]
    refresh_token: Option<String>,
    /// When the session ends, unless it is refreshed before.
    refresh_expires_at: DateTime<Utc>,
    /// Send this as `Device-Token` with the next login from this device, so that failed attempts of
    /// strangers cannot block it. It grants no access. Browsers also receive it as a cookie.
    device_token: String,
    #[serde(skip)]
    is_behind_tls: bool,
    user: AuthenticatedUser,
}

/// The user who logged in.
#[derive(Serialize, ToSchema)]
struct AuthenticatedUser {
    id: Uuid,
    #[schema(required)]
    email: Option<String>,
}

impl AuthResponse {
    /// The response as pairs for the fragment of a URL.
    pub fn as_fragment(&self) -> [(&'static str, String); 5] {
        let refresh_token = self.refresh_token.clone().unwrap_or_default();
        [
            ("token", self.token.clone()),
            ("token_type", self.token_type.to_owned()),
            ("expires_in", self.expires_in.to_string()),
            ("refresh_token", refresh_token),
            ("device_token", self.device_token.clone()),
        ]
    }

    /// 200 with the tokens, and the cookie that identifies the browser at its next login. A refresh
    /// token that the client wants as a cookie is not in the body, where scripts could read it.
    pub fn answer(mut self, token_in: RefreshTokenIn) -> HttpResponse {
        let mut answer = HttpResponse::Ok();
        answer.cookie(self.device_cookie());
        let token = self.refresh_token.take_if(|_| token_in == RefreshTokenIn::Cookie);
        if let Some(token) = token {
            answer.cookie(refresh_cookie(token, self.refresh_expires_at, self.is_behind_tls));
        }
        answer.json(self)
    }

    pub fn device_cookie(&self) -> Cookie<'static> {
        Cookie::build(device_cookie(self.is_behind_tls), self.device_token.clone())
            .path("/")
            .secure(self.is_behind_tls)
            .http_only(true)
            .same_site(SameSite::Lax)
            .max_age(Duration::seconds(DEVICE_LIFE_SECS))
            .finish()
    }

    /// Issues the tokens of a session that ends at `session_ends`.
    pub fn issue(
        state: &AppState,
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
            refresh_token: Some(refresh_token.seal(&state.server_key)),
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
