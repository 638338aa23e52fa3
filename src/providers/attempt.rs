//! Login attempts at a provider. An attempt is kept in a signed cookie, and its secrets (state,
//! nonce, PKCE verifier) are derived from its id, so nothing is stored until the browser returns.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use oauth2::PkceCodeVerifier;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use uuid::Uuid;

use super::{CallbackParams, Provider};
use crate::{
    credentials::{Identity, Purpose, ServerKey},
    db::clock,
    error::{ApiError, ApiResult, ErrorCode},
};

/// How long an attempt may take, in seconds.
pub const LIFE_SECS: i64 = 600;

/// A login, link or grant in progress. `P` is the provider.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuthorizationRequest<P> {
    pub id: Uuid,
    pub provider: P,
    /// Unix seconds by the database's clock, because the browser may return to another server.
    expires_at: i64,
    /// The URL to redirect to at the end, from the allowlist.
    pub return_to: Option<String>,
    /// The session that links the provider. `None` for a login.
    pub linking: Option<Identity>,
}

/// A login or link in progress.
pub type LoginAttempt = AuthorizationRequest<Provider>;

impl<P: Serialize + DeserializeOwned + PartialEq> AuthorizationRequest<P> {
    pub fn new(provider: P, return_to: Option<String>, linking: Option<Identity>) -> Self {
        let expires_at = clock::now().timestamp() + LIFE_SECS;
        Self { id: Uuid::new_v4(), provider, expires_at, return_to, linking }
    }

    /// The cookie's value: JSON and its HMAC-SHA-256.
    pub fn seal(&self, key: &ServerKey) -> serde_json::Result<String> {
        let json = serde_json::to_vec(self)?;
        let tag = key.tag(Purpose::OAuthLogin, "cookie", &json);
        Ok(format!("{}.{}", URL_SAFE_NO_PAD.encode(json), URL_SAFE_NO_PAD.encode(tag)))
    }

    /// Opens the cookie of an attempt that has not expired, if it matches `provider` and `state`.
    /// Returns the key that signed it, because the attempt's secrets derive from the same key.
    pub fn open<'a>(
        key: &'a ServerKey,
        cookie: &str,
        provider: &P,
        state: &str,
    ) -> Option<(Self, &'a ServerKey)> {
        key.accepted().find_map(|key| Some((Self::open_with(key, cookie, provider, state)?, key)))
    }

    /// The returning attempt with its key, or 400 `invalid_state`.
    pub fn returned<'a>(
        key: &'a ServerKey,
        cookie: Option<&str>,
        provider: &P,
        params: &CallbackParams,
    ) -> ApiResult<(Self, &'a ServerKey)> {
        let (cookie, state) = (cookie.unwrap_or_default(), params.state.as_deref());
        Self::open(key, cookie, provider, state.unwrap_or_default()).ok_or_else(invalid_state)
    }

    fn open_with(key: &ServerKey, cookie: &str, provider: &P, state: &str) -> Option<Self> {
        let (json, tag) = cookie.split_once('.')?;
        let (json, tag) = (URL_SAFE_NO_PAD.decode(json).ok()?, URL_SAFE_NO_PAD.decode(tag).ok()?);
        if !key.is_own_tag(Purpose::OAuthLogin, "cookie", &json, &tag) {
            return None;
        }
        let attempt: Self = serde_json::from_slice(&json).ok()?;
        let state = URL_SAFE_NO_PAD.decode(state).ok()?;
        let is_good = key.is_own_tag(Purpose::OAuthLogin, "state", attempt.id.as_bytes(), &state)
            && attempt.provider == *provider
            && attempt.expires_at > clock::now().timestamp();
        is_good.then_some(attempt)
    }

    /// The `state` parameter, which the provider returns (RFC 6749, section 10.12).
    pub fn state(&self, key: &ServerKey) -> String {
        self.derived(key, "state")
    }

    /// The nonce that the ID token must contain (OpenID Connect Core 1.0, section 3.1.2.1).
    pub fn nonce(&self, key: &ServerKey) -> String {
        self.derived(key, "nonce")
    }

    /// The PKCE verifier, which binds the code to this client (RFC 7636).
    pub fn verifier(&self, key: &ServerKey) -> PkceCodeVerifier {
        PkceCodeVerifier::new(self.derived(key, "pkce"))
    }

    fn derived(&self, key: &ServerKey, use_for: &str) -> String {
        URL_SAFE_NO_PAD.encode(key.tag(Purpose::OAuthLogin, use_for, self.id.as_bytes()))
    }
}

/// When the attempt in a cookie expires, in Unix seconds. 0 for any other cookie. The signature is
/// not checked: the value only serves to find the oldest attempts of a browser.
pub fn end_of(cookie: &str) -> i64 {
    #[derive(Deserialize)]
    struct End {
        expires_at: i64,
    }
    let json = cookie.split('.').next().and_then(|json| URL_SAFE_NO_PAD.decode(json).ok());
    let end = json.and_then(|json| serde_json::from_slice(&json).ok());
    end.map_or(0, |End { expires_at }| expires_at)
}

pub fn invalid_state() -> ApiError {
    let message =
        "this login was not started here, is already finished or took too long; start again";
    ApiError::new(ErrorCode::InvalidState, message)
}

/// The response comes from another provider than the one asked: a mix-up attack (RFC
/// 9700, section 4.4).
pub fn foreign_answer() -> ApiError {
    let message = "this response is not from the provider that was asked; start again";
    ApiError::new(ErrorCode::InvalidState, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::providers::{LoginAttempt, Provider};

    #[test]
    fn a_cookie_opens_for_its_provider_its_state_and_its_time() {
        let key = ServerKey::new(&"k".repeat(40).into());
        let attempt = LoginAttempt::new(Provider::Google, Some("app://home".into()), None);
        let (cookie, state) = (attempt.seal(&key).unwrap(), attempt.state(&key));
        let opened = |key, cookie: &str, provider, state: &str| {
            LoginAttempt::open(key, cookie, &provider, state).map(|(attempt, _)| attempt)
        };
        let open = |cookie: &str, provider, state: &str| opened(&key, cookie, provider, state);
        assert_eq!(open(&cookie, Provider::Google, &state), Some(attempt.clone()));
        assert_eq!(open(&cookie, Provider::Oidc, &state), None);
        assert_eq!(open(&cookie, Provider::Google, &attempt.nonce(&key)), None);
        assert_eq!(open(&cookie, Provider::Google, ""), None);
        assert_eq!(open(&format!("{cookie}A"), Provider::Google, &state), None);
        assert_eq!(open(&format!("e30{cookie}"), Provider::Google, &state), None);
        let other = LoginAttempt::new(Provider::Google, None, None);
        assert_eq!(open(&other.seal(&key).unwrap(), Provider::Google, &state), None);
        let late = LoginAttempt { expires_at: clock::now().timestamp(), ..attempt };
        assert_eq!(open(&late.seal(&key).unwrap(), Provider::Google, &state), None);
        let other_key = ServerKey::new(&"o".repeat(40).into());
        assert_eq!(opened(&other_key, &cookie, Provider::Google, &state), None);
    }
}
