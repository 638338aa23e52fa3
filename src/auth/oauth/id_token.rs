//! ID tokens: who somebody is, signed by the provider. See OpenID Connect Core 1.0, section 3.1.3.7.

use derive_more::{Display, Error};
use jsonwebtoken::{
    Algorithm, DecodingKey, Validation, decode, decode_header,
    jwk::{Jwk, JwkSet},
};
use serde::{Deserialize, Deserializer};

/// Seconds by which the provider's clock may differ.
const LEEWAY_SECS: u64 = 30;

/// Those whose keys a provider can publish: no `none`, and none that shares a secret.
const ALGORITHMS: [Algorithm; 9] = [
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What is read of an ID token or of a userinfo answer.
#[derive(Debug, Deserialize)]
pub struct UserClaims {
    pub sub: String,
    pub name: Option<String>,
    pub email: Option<String>,
    #[serde(default, deserialize_with = "lenient_bool")]
    pub email_verified: bool,
}

#[derive(Deserialize)]
struct IdTokenClaims {
    #[serde(flatten)]
    user: UserClaims,
    nonce: Option<String>,
    azp: Option<String>,
}

/// Why an ID token proves nothing.
#[derive(Debug, Display, Error)]
pub enum IdTokenError {
    #[display("an ID token by no key that is known")]
    UnknownKey,
    #[display("an ID token that proves nothing: {_0}")]
    Invalid(#[error(not(source))] String),
}

/// Whom `token` was issued for, if it is by one of `keys`, from one of `issuers`, for `client_id` and for this login.
pub fn verify(
    token: &str,
    keys: &JwkSet,
    issuers: &[&str],
    client_id: &str,
    nonce: &str,
) -> Result<UserClaims, IdTokenError> {
    let header = decode_header(token).map_err(invalid)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(invalid(format!("{:?}", header.alg)));
    }
    let jwk = find_key(keys, header.kid.as_deref()).ok_or(IdTokenError::UnknownKey)?;
    let mut validation = Validation::new(header.alg);
    validation.leeway = LEEWAY_SECS;
    validation.set_required_spec_claims(&["exp", "iss", "aud", "sub"]);
    validation.set_issuer(issuers);
    validation.set_audience(&[client_id]);
    let key = DecodingKey::from_jwk(jwk).map_err(invalid)?;
    let claims = decode::<IdTokenClaims>(token, &key, &validation).map_err(invalid)?.claims;
    if claims.nonce.as_deref() != Some(nonce) {
        return Err(invalid("it is for another login"));
    }
    if claims.azp.is_some_and(|party| party != client_id) {
        return Err(invalid("it is for another client"));
    }
    Ok(claims.user)
}

/// By its id; a token without one can only be by the only key there is.
fn find_key<'a>(keys: &'a JwkSet, kid: Option<&str>) -> Option<&'a Jwk> {
    match (kid, keys.keys.as_slice()) {
        (Some(kid), _) => keys.find(kid),
        (None, [only]) => Some(only),
        (None, _) => None,
    }
}

/// Some providers write `"true"`.
fn lenient_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        Bool(bool),
        Text(String),
        Other(serde::de::IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::Bool(value) => value,
        Lenient::Text(text) => text == "true",
        Lenient::Other(_) => false,
    })
}

fn invalid(reason: impl std::fmt::Display) -> IdTokenError {
    IdTokenError::Invalid(reason.to_string())
}
