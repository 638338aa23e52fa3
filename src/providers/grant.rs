//! The authorization code grant with PKCE (RFC 6749, RFC 7636), common to all providers.

use chrono::TimeDelta;
use oauth2::{
    AuthType, AuthUrl, AuthorizationCode, ClientId, ClientSecret, CsrfToken, EndpointNotSet,
    EndpointSet, ExtraTokenFields, PkceCodeChallenge, RedirectUrl, RefreshToken, RequestTokenError,
    Scope, StandardRevocableToken, StandardTokenResponse, TokenResponse, TokenUrl,
    basic::{
        BasicErrorResponse, BasicErrorResponseType, BasicRevocationErrorResponse,
        BasicTokenIntrospectionResponse, BasicTokenType,
    },
};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use url::Url;

use super::{AuthorizationRequest, CallError, Outbound, ProviderTokens};
use crate::{
    config::ClientCredentials,
    credentials::ServerKey,
    db::clock,
    error::{ApiError, ApiResult, ErrorCode},
};

/// The endpoints of a provider, and how to authenticate there.
#[derive(Clone, Debug)]
pub struct Endpoints {
    pub authorization: String,
    pub token: String,
    pub auth_type: AuthType,
    pub redirect_uri: String,
}

/// The additional fields of an OpenID provider's token response.
#[derive(Debug, Serialize, Deserialize)]
struct OpenIdFields {
    id_token: Option<String>,
}

impl ExtraTokenFields for OpenIdFields {}

type Tokens = StandardTokenResponse<OpenIdFields, BasicTokenType>;
type Client = oauth2::Client<
    BasicErrorResponse,
    Tokens,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointSet,
>;
pub type GrantError = RequestTokenError<CallError, BasicErrorResponse>;

/// One OAuth client at one provider.
pub struct Grant(Client);

impl Grant {
    pub fn new(credentials: &ClientCredentials, endpoints: Endpoints) -> ApiResult<Self> {
        let secret = ClientSecret::new(credentials.secret.expose_secret().to_owned());
        let client = oauth2::Client::new(ClientId::new(credentials.id.clone()))
            .set_client_secret(secret)
            .set_auth_type(endpoints.auth_type)
            .set_auth_uri(AuthUrl::new(endpoints.authorization).map_err(provider_error)?)
            .set_token_uri(TokenUrl::new(endpoints.token).map_err(provider_error)?)
            .set_redirect_uri(RedirectUrl::new(endpoints.redirect_uri).map_err(provider_error)?);
        Ok(Self(client))
    }

    /// The URL to which the browser is sent to log in.
    pub fn authorization_url<P: Serialize + DeserializeOwned + PartialEq>(
        &self,
        key: &ServerKey,
        attempt: &AuthorizationRequest<P>,
        scopes: &[&str],
        extra: &[(&'static str, String)],
    ) -> Url {
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&attempt.verifier(key));
        let mut request = self
            .0
            .authorize_url(|| CsrfToken::new(attempt.state(key)))
            .add_scopes(scopes.iter().map(|scope| Scope::new((*scope).to_owned())))
            .set_pkce_challenge(challenge);
        for (name, value) in extra {
            request = request.add_extra_param(*name, value.clone());
        }
        request.url().0
    }

    /// Redeems a code for tokens, and the ID token if there is one. 401 `invalid_code` if the
    /// provider rejects the code, 502 for any other error.
    pub async fn redeem<P: Serialize + DeserializeOwned + PartialEq>(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &AuthorizationRequest<P>,
        code: String,
    ) -> ApiResult<(ProviderTokens, Option<String>)> {
        self.try_redeem(outbound, key, attempt, code).await.map_err(explain)
    }

    /// Like [`redeem`](Self::redeem), for a provider whose errors differ from RFC 6749.
    pub async fn try_redeem<P: Serialize + DeserializeOwned + PartialEq>(
        &self,
        outbound: &Outbound,
        key: &ServerKey,
        attempt: &AuthorizationRequest<P>,
        code: String,
    ) -> Result<(ProviderTokens, Option<String>), GrantError> {
        let request = self
            .0
            .exchange_code(AuthorizationCode::new(code))
            .set_pkce_verifier(attempt.verifier(key));
        let tokens = request.request_async(&|request| outbound.call(request)).await?;
        let id_token = tokens.extra_fields().id_token.clone();
        Ok((provider_tokens(&tokens, None), id_token))
    }

    /// Refreshes expired tokens. If the response contains no refresh token, the old one stays valid
    /// (RFC 6749, section 6).
    pub async fn refresh(
        &self,
        outbound: &Outbound,
        refresh: SecretString,
    ) -> ApiResult<ProviderTokens> {
        let token = RefreshToken::new(refresh.expose_secret().to_owned());
        let request = self.0.exchange_refresh_token(&token);
        let tokens = request.request_async(&|request| outbound.call(request)).await;
        Ok(provider_tokens(&tokens.map_err(explain)?, Some(refresh)))
    }
}

fn provider_tokens(tokens: &Tokens, before: Option<SecretString>) -> ProviderTokens {
    let lifetime = tokens.expires_in().and_then(|lifetime| TimeDelta::from_std(lifetime).ok());
    ProviderTokens {
        access: tokens.access_token().secret().clone().into(),
        refresh: tokens.refresh_token().map(|token| token.secret().clone().into()).or(before),
        expires_at: lifetime.and_then(|lifetime| clock::now().checked_add_signed(lifetime)),
    }
}

pub fn explain(error: GrantError) -> ApiError {
    match &error {
        RequestTokenError::ServerResponse(response)
            if *response.error() == BasicErrorResponseType::InvalidGrant =>
        {
            refused_code()
        }
        RequestTokenError::Request(cause) => provider_error(cause),
        _ => provider_error(error),
    }
}

/// 401: the provider rejects the code.
pub fn refused_code() -> ApiError {
    ApiError::new(ErrorCode::InvalidCode, "the provider rejected this code; log in again")
}

/// 401: the provider no longer accepts its access token, perhaps because the user revoked it.
pub fn refused_token() -> ApiError {
    ApiError::new(ErrorCode::InvalidCode, "the provider rejected its own token; log in again")
}

/// 502. The cause is only logged. It is formatted with `Display`, because `Debug` would contain
///      parts of the response.
pub fn provider_error(cause: impl std::fmt::Display) -> ApiError {
    ApiError {
        cause: Some(cause.to_string().into()),
        ..ApiError::new(ErrorCode::ProviderError, "the provider sent no usable response; try again")
    }
}
