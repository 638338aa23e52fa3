//! The configured providers.

use secrecy::SecretString;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens, facebook::Facebook,
    openid::OpenId,
};
use crate::{
    config::{OAuthConfig, ServerConfig},
    credentials::ServerKey,
    error::{ApiError, ApiResult, ErrorCode},
};

/// The configured providers, and the URLs that logins may return to.
pub struct Providers {
    google: Option<OpenId>,
    facebook: Option<Facebook>,
    oidc: Option<OpenId>,
    return_urls: Vec<String>,
}

enum Configured<'a> {
    OpenId(&'a OpenId),
    Facebook(&'a Facebook),
}

impl Providers {
    /// Providers redirect to `server`, which may redirect to its own web client.
    pub fn new(config: &OAuthConfig, server: &ServerConfig) -> Self {
        let base_url = &server.base_url;
        let client = server.web_client.then(|| format!("{base_url}/"));
        let redirect = |provider: Provider| format!("{base_url}/auth/callback/{provider}");
        let open_id = |provider, config: &Option<_>| {
            config.as_ref().map(|config| OpenId::new(provider, config, redirect(provider)))
        };
        Self {
            google: open_id(Provider::Google, &config.google),
            facebook: config
                .facebook
                .as_ref()
                .map(|config| Facebook::new(config, redirect(Provider::Facebook))),
            oidc: open_id(Provider::Oidc, &config.oidc),
            return_urls: config.return_urls.iter().cloned().chain(client).collect(),
        }
    }

    pub fn is_offered(&self, provider: Provider) -> bool {
        self.configured(provider).is_ok()
    }

    /// 400 `invalid_return_to` unless the configuration allows redirects to `url`.
    pub fn require_return_to(&self, url: Option<&str>) -> ApiResult<()> {
        if url.is_none_or(|url| self.return_urls.iter().any(|allowed| allowed == url)) {
            return Ok(());
        }
        let message = "return_to is not one of the addresses that this server may redirect to";
        Err(ApiError::new(ErrorCode::InvalidReturnTo, message))
    }

    /// The URL to which the browser is sent to log in. 404 for a provider that is not configured.
    pub async fn authorization_url(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &LoginAttempt,
    ) -> ApiResult<Url> {
        match self.configured(attempt.provider)? {
            Configured::OpenId(it) => it.authorization_url(outbound, key, attempt).await,
            Configured::Facebook(it) => it.authorization_url(key, attempt),
        }
    }

    /// 400 `invalid_state` for a response of another issuer. Facebook has no issuer.
    pub async fn require_issuer(
        &self,
        outbound: &Outbound,
        provider: Provider,
        iss: Option<&str>,
    ) -> ApiResult<()> {
        match self.configured(provider)? {
            Configured::OpenId(it) => it.require_issuer(outbound, iss).await,
            Configured::Facebook(_) => Ok(()),
        }
    }

    /// Redeems `code` and identifies the user.
    pub async fn identify(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &LoginAttempt,
        code: String,
    ) -> ApiResult<(ProviderIdentity, ProviderTokens)> {
        match self.configured(attempt.provider)? {
            Configured::OpenId(it) => it.identify(outbound, key, attempt, code).await,
            Configured::Facebook(it) => it.identify(outbound, key, attempt, code).await,
        }
    }

    /// Adds the address to an identity, if that requires another request to the provider.
    pub async fn complete(
        &self,
        outbound: &Outbound,
        identity: ProviderIdentity,
        tokens: &ProviderTokens,
    ) -> ApiResult<ProviderIdentity> {
        match self.configured(identity.provider)? {
            Configured::OpenId(it) => it.complete(outbound, identity, &tokens.access).await,
            Configured::Facebook(_) => Ok(identity),
        }
    }

    /// The current identity that an access token belongs to.
    pub async fn fetch_identity(
        &self,
        outbound: &Outbound,
        provider: Provider,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        match self.configured(provider)? {
            Configured::OpenId(it) => it.fetch_identity(outbound, access).await,
            Configured::Facebook(it) => it.fetch_identity(outbound, access).await,
        }
    }

    /// Refreshes expired tokens. Facebook's tokens last two months and cannot be refreshed.
    pub async fn refresh(
        &self,
        outbound: &Outbound,
        provider: Provider,
        refresh: SecretString,
    ) -> ApiResult<ProviderTokens> {
        match self.configured(provider)? {
            Configured::OpenId(it) => it.refresh(outbound, refresh).await,
            Configured::Facebook(_) => Err(ApiError::internal("Facebook issues no refresh tokens")),
        }
    }

    fn configured(&self, provider: Provider) -> ApiResult<Configured<'_>> {
        let configured = match provider {
            Provider::Google => self.google.as_ref().map(Configured::OpenId),
            Provider::Facebook => self.facebook.as_ref().map(Configured::Facebook),
            Provider::Oidc => self.oidc.as_ref().map(Configured::OpenId),
        };
        configured.ok_or_else(ApiError::not_found)
    }
}
