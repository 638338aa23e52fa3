//! OpenID providers: Google, and whatever an operator runs. All by OpenID Connect Core 1.0.

use oauth2::AuthType;
use secrecy::SecretString;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens,
    grant::{Endpoints, Grant, provider_error, token_error},
    id_token::{self, IdTokenError, UserClaims},
    metadata::{Metadata, MetadataCache},
};
use crate::{
    auth::ServerKey,
    config::{ClientCredentials, OidcConfig},
    error::ApiResult,
};

const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// What Google writes in place of its issuer, too.
/// See <https://developers.google.com/identity/openid-connect/openid-connect>.
const GOOGLES_OTHER_NAME: (&str, &str) = ("https://accounts.google.com", "accounts.google.com");

/// One OpenID provider.
pub struct OpenId {
    provider: Provider,
    credentials: ClientCredentials,
    redirect_uri: String,
    metadata: MetadataCache,
}

impl OpenId {
    pub fn new(provider: Provider, config: &OidcConfig, redirect_uri: String) -> Self {
        let metadata = MetadataCache::new(config.issuer.clone());
        Self { provider, credentials: config.credentials.clone(), redirect_uri, metadata }
    }

    pub async fn authorization_url(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &LoginAttempt,
    ) -> ApiResult<Url> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        let mut extra = vec![("nonce", attempt.nonce(key))];
        if self.provider == Provider::Google {
            // Without it Google gives no refresh token.
            extra.push(("access_type", "offline".to_owned()));
        }
        Ok(self.grant(&metadata)?.authorization_url(key, attempt, &SCOPES, &extra))
    }

    /// Who logged in, by the ID token, and by the userinfo endpoint where that one names no address.
    pub async fn identify(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &LoginAttempt,
        code: String,
    ) -> ApiResult<(ProviderIdentity, ProviderTokens)> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        let grant = self.grant(&metadata)?;
        let (tokens, id_token) = grant.redeem(outbound, key, attempt, code).await?;
        let id_token = id_token.ok_or_else(|| provider_error("no ID token"))?;
        let nonce = attempt.nonce(key);
        let claims = match self.verify(&metadata, &id_token, &nonce) {
            Err(IdTokenError::UnknownKey) => {
                let metadata = self.metadata.fetch(outbound).await.map_err(provider_error)?;
                self.verify(&metadata, &id_token, &nonce)
            }
            verified => verified,
        };
        let mut claims = claims.map_err(provider_error)?;
        if claims.email.is_none() && metadata.discovery.userinfo_endpoint.is_some() {
            let more = self.userinfo(outbound, &metadata, &tokens.access).await?;
            if more.sub != claims.sub {
                return Err(provider_error("two answers about two people"));
            }
            claims = more;
        }
        Ok((self.identity(claims), tokens))
    }

    /// Who an access token is of, as the provider knows it now.
    pub async fn look(
        &self,
        outbound: &Outbound,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        Ok(self.identity(self.userinfo(outbound, &metadata, access).await?))
    }

    pub async fn refresh(
        &self,
        outbound: &Outbound,
        refresh: SecretString,
    ) -> ApiResult<ProviderTokens> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        self.grant(&metadata)?.refresh(outbound, refresh).await
    }

    async fn userinfo(
        &self,
        outbound: &Outbound,
        metadata: &Metadata,
        access: &SecretString,
    ) -> ApiResult<UserClaims> {
        let endpoint = metadata.discovery.userinfo_endpoint.as_ref();
        let url = endpoint.ok_or_else(|| provider_error("no userinfo endpoint"))?;
        outbound.get(url, Some(access)).await.map_err(token_error)
    }

    fn verify(
        &self,
        metadata: &Metadata,
        id_token: &str,
        nonce: &str,
    ) -> Result<UserClaims, IdTokenError> {
        let issuer = metadata.discovery.issuer.as_str();
        let (googles, other_name) = GOOGLES_OTHER_NAME;
        let issuers = if issuer == googles { vec![issuer, other_name] } else { vec![issuer] };
        id_token::verify(id_token, &metadata.keys, &issuers, &self.credentials.id, nonce)
    }

    fn grant(&self, metadata: &Metadata) -> ApiResult<Grant> {
        let discovery = &metadata.discovery;
        let methods = &discovery.token_endpoint_auth_methods_supported;
        // Basic is what a provider takes that names no methods.
        let takes_basic = methods.is_empty() || methods.iter().any(|m| m == "client_secret_basic");
        let endpoints = Endpoints {
            authorization: discovery.authorization_endpoint.clone(),
            token: discovery.token_endpoint.clone(),
            auth_type: if takes_basic { AuthType::BasicAuth } else { AuthType::RequestBody },
            redirect_uri: self.redirect_uri.clone(),
        };
        Grant::new(&self.credentials, endpoints)
    }

    fn identity(&self, claims: UserClaims) -> ProviderIdentity {
        ProviderIdentity {
            provider: self.provider,
            subject: claims.sub,
            name: claims.name,
            email: claims.email,
            email_is_proven: claims.email_verified,
        }
    }
}
