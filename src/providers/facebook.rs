//! Facebook: OAuth 2.0 and its Graph API, without OpenID Connect. See
//! <https://developers.facebook.com/docs/facebook-login/guides/advanced/manual-flow>.

use hmac::{Hmac, KeyInit, Mac};
use oauth2::{AuthType, RequestTokenError};
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use sha2::Sha256;
use url::Url;

use super::{
    LoginAttempt, Outbound, Provider, ProviderIdentity, ProviderTokens,
    grant::{Endpoints, Grant, GrantError, explain, provider_error},
    graph_error::{Asked, GraphError},
    id_token::lenient_text,
};
use crate::{
    config::FacebookConfig,
    credentials::ServerKey,
    error::{ApiError, ApiResult},
};

const SCOPES: [&str; 2] = ["email", "public_profile"];

/// A client of Facebook.
pub struct Facebook {
    config: FacebookConfig,
    redirect_uri: String,
}

#[derive(Deserialize)]
struct Person {
    id: String,
    #[serde(default, deserialize_with = "lenient_text")]
    name: Option<String>,
    #[serde(default, deserialize_with = "lenient_text")]
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
        let redeemed = self.grant()?.try_redeem(outbound, key, attempt, code).await;
        let (tokens, _) = redeemed.map_err(refusal)?;
        let identity = self.fetch_identity(outbound, &tokens.access).await?;
        Ok((identity, tokens))
    }

    /// The identity that an access token belongs to. The proof shows that this server sends the
    /// request: <https://developers.facebook.com/docs/graph-api/guides/secure-requests>.
    pub async fn fetch_identity(
        &self,
        outbound: &Outbound,
        access: &SecretString,
    ) -> ApiResult<ProviderIdentity> {
        let proof = self.appsecret_proof(access)?;
        let url =
            format!("{}/me?fields=id,name,email&appsecret_proof={proof}", self.config.graph_url);
        let answer = outbound.ask(&url, Some(access)).await.map_err(provider_error)?;
        if let Some(error) = GraphError::read(&answer.body) {
            return Err(error.meaning(Asked::WithToken));
        }
        let person: Person = answer.json().map_err(provider_error)?;
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

/// Why there are no tokens. The errors of the Graph API differ from RFC 6749, so the `oauth2` crate
/// does not parse their body.
fn refusal(error: GrantError) -> ApiError {
    let graph_error = match &error {
        RequestTokenError::Parse(_, body) => GraphError::read(body),
        _ => None,
    };
    graph_error.map_or_else(|| explain(error), |it| it.meaning(Asked::ForTokens))
}
