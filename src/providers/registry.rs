//! The providers that are configured, by name.

use secrecy::SecretString;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens, facebook::Facebook,
    openid::OpenId,
};
use crate::{
    config::OAuthConfig,
    credentials::ServerKey,
    error::{ApiError, ApiResult, ErrorCode},
};

/// See the module.
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
    /// `base_url` is where providers send people back to.
    pub fn new(config: &OAuthConfig, base_url: &str) -> Self {
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
            return_urls: config.return_urls.clone(),
        }
    }

    pub fn is_offered(&self, provider: Provider) -> bool {
        self.configured(provider).is_ok()
    }

    /// 400 `invalid_return_to` unless people may be sent to `url` afterwards.
    pub fn require_return_to(&self, url: Option<&str>) -> ApiResult<()> {
        if url.is_none_or(|url| self.return_urls.iter().any(|allowed| allowed == url)) {
            return Ok(());
        }
        let message = "return_to is not among the addresses that this server returns to";
        Err(ApiError::new(ErrorCode::InvalidReturnTo, message))
    }

    /// Where to send somebody to log in; 404 for a provider that is not offered.
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

    /// 400 `invalid_state` for an answer that says it is of another issuer. Facebook has none.
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

    /// Who came back with `code`.
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

    /// The same person with an address, where the provider has to be asked for that once more.
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

    /// Who an access token is of, as the provider knows it now.
    pub async fn look(
        &self,
        outbound: &Outbound,
        provider: Provider,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        match self.configured(provider)? {
            Configured::OpenId(it) => it.look(outbound, access).await,
            Configured::Facebook(it) => it.look(outbound, access).await,
        }
    }

    /// New tokens for those that have expired. Facebook's last two months and cannot be refreshed.
    pub async fn refresh(
        &self,
        outbound: &Outbound,
        provider: Provider,
        refresh: SecretString,
    ) -> ApiResult<ProviderTokens> {
        match self.configured(provider)? {
            Configured::OpenId(it) => it.refresh(outbound, refresh).await,
            Configured::Facebook(_) => Err(ApiError::internal("a refresh token of Facebook's")),
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
