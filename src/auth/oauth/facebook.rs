//! Facebook: OAuth 2.0 and its Graph API, no OpenID Connect.
//! See <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>.

use hmac::{Hmac, KeyInit, Mac};
use oauth2::AuthType;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens,
    grant::{Endpoints, Grant, token_error},
};
use crate::{
    auth::ServerKey,
    config::FacebookConfig,
    error::{ApiError, ApiResult},
};

const SCOPES: [&str; 2] = ["email", "public_profile"];

/// A client of Facebook's.
pub struct Facebook {
    config: FacebookConfig,
    redirect_uri: String,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    name: Option<String>,
    email: Option<String>,
}

impl Facebook {
    pub fn new(config: &FacebookConfig, redirect_uri: String) -> Self {
        Self { config: config.clone(), redirect_uri }
    }

    pub fn authorization_url(&self, key: &ServerKey, attempt: &LoginAttempt) -> ApiResult<Url> {
        Ok(self.grant()?.authorization_url(key, attempt, &SCOPES, &[]))
    }

    pub async fn identify(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &LoginAttempt,
        code: String,
    ) -> ApiResult<(ProviderIdentity, ProviderTokens)> {
        let (tokens, _) = self.grant()?.redeem(outbound, key, attempt, code).await?;
        let identity = self.look(outbound, &tokens.access).await?;
        Ok((identity, tokens))
    }

    /// Who an access token is of. The proof shows that it is us who ask with it:
    /// <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.
    pub async fn look(
        &self,
        outbound: &Outbound,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        let proof = self.appsecret_proof(access)?;
        let url =
            format!("{}/me?fields=id,name,email&appsecret_proof={proof}", self.config.graph_url);
        let person: Person = outbound.get(&url, Some(access)).await.map_err(token_error)?;
        Ok(ProviderIdentity {
            provider: Provider::Facebook,
            subject: person.id,
            name: person.name,
            email: person.email,
            email_is_proven: self.config.trust_email,
        })
    }

    fn appsecret_proof(&self, access: &SecretString) -> ApiResult<String> {
        let secret = self.config.credentials.secret.expose_secret().as_bytes();
        let mut mac = Hmac::<Sha256>::new_from_slice(secret).map_err(ApiError::internal)?;
        mac.update(access.expose_secret().as_bytes());
        Ok(mac.finalize().into_bytes().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    fn grant(&self) -> ApiResult<Grant> {
        let endpoints = Endpoints {
            authorization: self.config.dialog_url.clone(),
            token: format!("{}/oauth/access_token", self.config.graph_url),
            auth_type: AuthType::RequestBody,
            redirect_uri: self.redirect_uri.clone(),
        };
        Grant::new(&self.config.credentials, endpoints)
    }
}
