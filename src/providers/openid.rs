//! OpenID providers, according to OpenID Connect Core 1.0: Google, or one that the
//! operator configures.

use std::sync::Arc;

use oauth2::AuthType;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens,
    attempt::foreign_answer,
    grant::{Endpoints, Grant, provider_error, refused_token},
    id_token::{self, Expected, OfLogin, UserClaims},
    metadata::{Metadata, MetadataCache},
    outbound::Answer,
    signed::TokenError,
};
use crate::{
    config::{ClientCredentials, OidcConfig},
    credentials::ServerKey,
    db::clock,
    error::{ApiError, ApiResult, ErrorCode},
};

const SCOPES: [&str; 3] = ["openid", "email", "profile"];

/// The scope that some providers need before they send the claim of this name.
const GROUPS: &str = "groups";

/// An alternative form of Google's issuer. See
/// <https://developers.google.com/identity/openid-connect/openid-connect>.
const GOOGLES_OTHER_NAME: (&str, &str) = ("https://accounts.google.com", "accounts.google.com");

/// An OpenID provider.
pub struct OpenId {
    provider: Provider,
    credentials: ClientCredentials,
    redirect_uri: String,
    metadata: MetadataCache,
    allowed_groups: Vec<String>,
}

impl OpenId {
    pub fn new(provider: Provider, config: &OidcConfig, redirect_uri: String) -> Self {
        let metadata = MetadataCache::new(config.issuer.clone());
        let (credentials, allowed_groups) =
            (config.credentials.clone(), config.allowed_groups.clone());
        Self { provider, credentials, redirect_uri, metadata, allowed_groups }
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
            // Google issues a refresh token only with this parameter.
            extra.push(("access_type", "offline".to_owned()));
        }
        let supported = metadata.discovery.scopes_supported.as_deref().unwrap_or_default();
        let asks_for_groups =
            !self.allowed_groups.is_empty() && supported.iter().any(|scope| scope == GROUPS);
        let scopes: Vec<&str> =
            SCOPES.into_iter().chain(asks_for_groups.then_some(GROUPS)).collect();
        Ok(self.grant(&metadata)?.authorization_url(key, attempt, &scopes, &extra))
    }

    /// 400 `invalid_state` if the `iss` of an authorization response is not this provider's issuer
    /// (RFC 9207, section 2.4).
    pub async fn require_issuer(&self, outbound: &Outbound, iss: Option<&str>) -> ApiResult<()> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        let discovery = &metadata.discovery;
        let is_own = match iss {
            Some(iss) => issuers(discovery.issuer.as_str()).contains(&iss),
            None => !discovery.authorization_response_iss_parameter_supported,
        };
        if is_own { Ok(()) } else { Err(foreign_answer()) }
    }

    /// Identifies the user by the ID token alone. This is enough for a known user.
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
        let of_login = OfLogin { nonce: &nonce, access_token: tokens.access.expose_secret() };
        let claims = self
            .verified(outbound, Arc::clone(&metadata), |metadata, expected| {
                id_token::verify(&id_token, &metadata.keys, expected, of_login)
            })
            .await?;
        self.require_group(outbound, &metadata, &claims, &tokens.access).await?;
        Ok((self.identity(claims), tokens))
    }

    /// 403 `group_not_allowed` unless the user is in one of the allowed groups, according to the ID
    /// token or, if it names no groups, the userinfo endpoint.
    async fn require_group(
        &self,
        outbound: &Outbound,
        metadata: &Arc<Metadata>,
        claims: &UserClaims,
        access: &SecretString,
    ) -> ApiResult<()> {
        if self.allowed_groups.is_empty() {
            return Ok(());
        }
        let groups = match &claims.groups {
            Some(groups) => Some(groups.clone()),
            None => {
                let more = self.more_claims(outbound, metadata, &claims.sub, access).await?;
                more.and_then(|claims| claims.groups)
            }
        };
        if groups.is_some_and(|groups| groups.iter().any(|one| self.allowed_groups.contains(one))) {
            return Ok(());
        }
        let message = "your account at the provider is in no group that may log in here";
        Err(ApiError::new(ErrorCode::GroupNotAllowed, message))
    }

    /// Adds the claims of the userinfo endpoint, if there is one and the ID token
    /// contains no address.
    pub async fn complete(
        &self,
        outbound: &Outbound,
        identity: ProviderIdentity,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        if identity.email.is_some() {
            return Ok(identity);
        }
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        let claims = self.more_claims(outbound, &metadata, &identity.subject, access).await?;
        Ok(claims.map_or(identity, |claims| self.identity(claims)))
    }

    /// The claims of the userinfo endpoint about the user `subject`, if there is one.
    async fn more_claims(
        &self,
        outbound: &Outbound,
        metadata: &Arc<Metadata>,
        subject: &str,
        access: &SecretString,
    ) -> ApiResult<Option<UserClaims>> {
        let Some(url) = metadata.discovery.userinfo_endpoint.as_ref() else { return Ok(None) };
        let answer = outbound.ask(url, Some(access)).await.map_err(provider_error)?;
        let claims = self.userinfo(outbound, metadata, &answer).await?;
        if claims.sub != subject {
            return Err(provider_error("the ID token and userinfo are about different users"));
        }
        Ok(Some(claims))
    }

    /// The current identity that an access token belongs to.
    pub async fn fetch_identity(
        &self,
        outbound: &Outbound,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        let endpoint = metadata.discovery.userinfo_endpoint.as_ref();
        let url = endpoint.ok_or_else(|| provider_error("no userinfo endpoint"))?;
        let answer = outbound.ask(url, Some(access)).await.map_err(provider_error)?;
        if is_refusal(&answer) {
            return Err(refused_token());
        }
        Ok(self.identity(self.userinfo(outbound, &metadata, &answer).await?))
    }

    pub async fn refresh(
        &self,
        outbound: &Outbound,
        refresh: SecretString,
    ) -> ApiResult<ProviderTokens> {
        let metadata = self.metadata.get(outbound).await.map_err(provider_error)?;
        self.grant(&metadata)?.refresh(outbound, refresh).await
    }

    /// Parses a plain or signed userinfo response (OpenID Connect Core 1.0, section 5.3.2).
    async fn userinfo(
        &self,
        outbound: &Outbound,
        metadata: &Arc<Metadata>,
        answer: &Answer,
    ) -> ApiResult<UserClaims> {
        if answer.status != 200 || answer.media_type != "application/jwt" {
            return answer.json().map_err(provider_error);
        }
        let token = str::from_utf8(&answer.body).map_err(provider_error)?.trim();
        self.verified(outbound, Arc::clone(metadata), |metadata, expected| {
            id_token::verify_userinfo(token, &metadata.keys, expected)
        })
        .await
    }

    /// Calls `verify`, and calls it again with newer metadata if the provider may have
    /// changed its keys.
    async fn verified(
        &self,
        outbound: &Outbound,
        metadata: Arc<Metadata>,
        verify: impl Fn(&Metadata, Expected) -> Result<UserClaims, TokenError>,
    ) -> ApiResult<UserClaims> {
        let verify = |metadata: &Metadata| {
            let issuers = issuers(&metadata.discovery.issuer);
            let (client_id, now) = (&self.credentials.id, clock::now().timestamp());
            verify(metadata, Expected { issuers: &issuers, client_id, now })
        };
        let verified = match verify(&metadata) {
            Err(TokenError::UnknownKey) => {
                let newer = self.metadata.newer_than(&metadata, outbound).await;
                let newer = newer.map_err(provider_error)?;
                verify(&newer)
            }
            verified => verified,
        };
        verified.map_err(provider_error)
    }

    fn grant(&self, metadata: &Metadata) -> ApiResult<Grant> {
        let discovery = &metadata.discovery;
        let methods = &discovery.token_endpoint_auth_methods_supported;
        // Basic authentication is the default if the provider lists no methods.
        let is_basic = |methods: &Vec<String>| methods.iter().any(|m| m == "client_secret_basic");
        let takes_basic = methods.as_ref().is_none_or(|it| it.is_empty() || is_basic(it));
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

/// The values of `iss` that are accepted for the issuer.
fn issuers(issuer: &str) -> Vec<&str> {
    let (googles, other_name) = GOOGLES_OTHER_NAME;
    if issuer == googles { vec![issuer, other_name] } else { vec![issuer] }
}

/// Whether the endpoint rejects the token (RFC 6750, section 3.1). This means that neither the
/// request nor the provider is at fault.
fn is_refusal(answer: &Answer) -> bool {
    #[derive(Deserialize)]
    struct Refusal {
        error: String,
    }
    match answer.status {
        401 | 403 => true,
        400 => serde_json::from_slice(&answer.body)
            .is_ok_and(|Refusal { error }| error == "invalid_token"),
        _ => false,
    }
}
