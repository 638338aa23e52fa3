//! The claims of ID tokens and of signed userinfo responses: OpenID Connect Core 1.0, sections
//! 3.1.3.7 and 5.3.2.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::Algorithm;
use serde::{Deserialize, Deserializer, de::IgnoredAny};
use sha2::{Digest, Sha256, Sha384, Sha512};

use super::{
    attempt::LIFE_SECS,
    key_set::KeySet,
    signed::{TokenError, invalid, open},
};

/// How far the provider's clock may differ, in seconds.
const LEEWAY_SECS: i64 = 30;

/// The claims about the user in an ID token or a userinfo response.
#[derive(Debug, Deserialize)]
pub struct UserClaims {
    pub sub: String,
    #[serde(default, deserialize_with = "lenient_text")]
    pub name: Option<String>,
    #[serde(default, deserialize_with = "lenient_text")]
    pub email: Option<String>,
    #[serde(default, deserialize_with = "lenient_bool")]
    pub email_verified: bool,
    /// The names of the user's groups, which most providers send under this name.
    #[serde(default, deserialize_with = "lenient_list")]
    pub groups: Option<Vec<String>>,
}

/// The expected issuer and audience, and the current time.
#[derive(Clone, Copy)]
pub struct Expected<'a> {
    pub issuers: &'a [&'a str],
    pub client_id: &'a str,
    /// Unix seconds by the database's clock.
    pub now: i64,
}

/// Additional expectations for the ID token of a login.
#[derive(Clone, Copy)]
pub struct OfLogin<'a> {
    pub nonce: &'a str,
    pub access_token: &'a str,
}

/// The claims about the token itself. Dates may have fractions (RFC 7519, section 2).
#[derive(Deserialize)]
struct TokenClaims {
    iss: String,
    aud: Audience,
    exp: Option<f64>,
    nbf: Option<f64>,
    iat: Option<f64>,
    nonce: Option<String>,
    azp: Option<String>,
    at_hash: Option<String>,
    #[serde(flatten)]
    user: UserClaims,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

/// Verifies that an ID token is for this client and this login, and returns the user's claims.
pub fn verify(
    token: &str,
    keys: &KeySet,
    expected: Expected,
    of_login: OfLogin,
) -> Result<UserClaims, TokenError> {
    let (claims, algorithm) = open::<TokenClaims>(token, keys)?;
    let now = expected.now as f64;
    claims.check(expected)?;
    if !claims.audience().iter().all(|audience| audience == expected.client_id) {
        return Err(invalid("it is also for other clients"));
    }
    if claims.azp.as_ref().is_some_and(|party| party != expected.client_id) {
        return Err(invalid("it was issued to another client"));
    }
    if claims.exp.is_none() {
        return Err(invalid("it has no `exp`"));
    }
    // The token was issued in exchange for the code, within the lifetime of the attempt.
    let oldest = now - (LIFE_SECS + LEEWAY_SECS) as f64;
    if claims.iat.is_none_or(|issued_at| issued_at < oldest) {
        return Err(invalid("it was not issued for this login"));
    }
    if claims.nonce.as_deref() != Some(of_login.nonce) {
        return Err(invalid("it is for another login"));
    }
    let at_hash = at_hash(algorithm, of_login.access_token);
    if claims.at_hash.as_ref().is_some_and(|hash| *hash != at_hash) {
        return Err(invalid("it belongs to another access token"));
    }
    Ok(claims.user)
}

/// Verifies that a signed userinfo response is for this client, and returns the user's claims.
pub fn verify_userinfo(
    token: &str,
    keys: &KeySet,
    expected: Expected,
) -> Result<UserClaims, TokenError> {
    let (claims, _) = open::<TokenClaims>(token, keys)?;
    claims.check(expected)?;
    Ok(claims.user)
}

impl TokenClaims {
    /// Checks that apply to both kinds of tokens.
    fn check(&self, expected: Expected) -> Result<(), TokenError> {
        let (now, leeway) = (expected.now as f64, LEEWAY_SECS as f64);
        if !expected.issuers.contains(&self.iss.as_str()) {
            return Err(invalid("it is from another issuer"));
        }
        if !self.audience().iter().any(|audience| audience == expected.client_id) {
            return Err(invalid("it is not for this client"));
        }
        if self.exp.is_some_and(|end| end < now - leeway) {
            return Err(invalid("it has expired"));
        }
        if [self.nbf, self.iat].into_iter().flatten().any(|begin| begin > now + leeway) {
            return Err(invalid("it is not valid yet"));
        }
        Ok(())
    }

    fn audience(&self) -> &[String] {
        match &self.aud {
            Audience::One(audience) => std::slice::from_ref(audience),
            Audience::Many(audience) => audience,
        }
    }
}

/// The left half of a digest of the access token (OpenID Connect Core 1.0, section 3.1.3.6).
fn at_hash(algorithm: Algorithm, access_token: &str) -> String {
    use Algorithm::{ES256, ES384, HS256, HS384, PS256, PS384, RS256, RS384};
    let digest = match algorithm {
        HS256 | RS256 | PS256 | ES256 => Sha256::digest(access_token).to_vec(),
        HS384 | RS384 | PS384 | ES384 => Sha384::digest(access_token).to_vec(),
        _ => Sha512::digest(access_token).to_vec(),
    };
    URL_SAFE_NO_PAD.encode(digest.split_at(digest.len() / 2).0)
}

/// Also accepts `"true"`, which some providers send.
pub fn lenient_bool<'de, D: Deserializer<'de>>(deserializer: D) -> Result<bool, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        Bool(bool),
        Text(String),
        Other(IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::Bool(value) => value,
        Lenient::Text(text) => text == "true",
        Lenient::Other(_) => false,
    })
}

/// Treats a value of another type as absent. For optional claims, which must not prevent a login.
pub fn lenient_text<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        Text(String),
        Other(IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::Text(text) => Some(text),
        Lenient::Other(_) => None,
    })
}

/// Treats a value of another type as absent.
pub fn lenient_list<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Vec<String>>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Lenient {
        One(String),
        List(Vec<String>),
        Other(IgnoredAny),
    }
    Ok(match Lenient::deserialize(deserializer)? {
        Lenient::One(text) => Some(vec![text]),
        Lenient::List(list) => Some(list),
        Lenient::Other(_) => None,
    })
}
