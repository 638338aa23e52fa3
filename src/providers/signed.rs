//! Verification of providers' signed tokens: a JWS (RFC 7515) with claims (RFC 7519),
//! following RFC 8725.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use derive_more::{Display, Error};
use jsonwebtoken::{
    Algorithm, DecodingKey, Header, Validation, decode, decode_header, errors::ErrorKind,
};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::key_set::KeySet;

/// The accepted algorithms, all with public keys: no `none`, and none with a shared secret.
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

/// Why a token is rejected.
#[derive(Debug, Display, Error)]
pub enum TokenError {
    /// Newly fetched keys may verify the token, because the provider may have changed its keys.
    #[display("the token is not signed with a key of the provider")]
    UnknownKey,
    #[display("the token is not valid: {_0}")]
    Invalid(#[error(not(source))] String),
}

/// The claims of a token that is signed with one of `keys`, and the algorithm. The caller must
/// check the claims.
pub fn open<C: DeserializeOwned>(token: &str, keys: &KeySet) -> Result<(C, Algorithm), TokenError> {
    let header = read_header(token)?;
    let mut validation = Validation::new(header.alg);
    // The library would check the expiry by the local clock, and accept lists of
    // issuers and audiences.
    (validation.validate_exp, validation.validate_aud) = (false, false);
    validation.required_spec_claims.clear();
    for jwk in keys.candidates(&header) {
        let Ok(key) = DecodingKey::from_jwk(jwk) else { continue };
        match decode(token, &key, &validation) {
            Ok(data) => return Ok((data.claims, header.alg)),
            Err(error) => match error.kind() {
                ErrorKind::Json(_) | ErrorKind::Utf8(_) | ErrorKind::Base64(_) => {
                    return Err(invalid(error));
                }
                _ => {}
            },
        }
    }
    Err(TokenError::UnknownKey)
}

/// Parses the header. Rejects extensions that are not supported.
fn read_header(token: &str) -> Result<Header, TokenError> {
    let parts: Vec<&str> = token.split('.').collect();
    let encoded = match *parts.as_slice() {
        [header, _, _] => header,
        [_, _, _, _, _] => return Err(invalid("it is encrypted, which was not requested")),
        _ => return Err(invalid("it is not a signed token")),
    };
    let json = URL_SAFE_NO_PAD.decode(encoded).map_err(invalid)?;
    let members: Map<String, Value> = serde_json::from_slice(&json).map_err(invalid)?;
    // RFC 7515, section 4.1.11: no extension is supported. RFC 7797 requires `crit` with `b64`.
    if let Some(name) = ["crit", "b64"].iter().find(|name| members.contains_key(**name)) {
        return Err(invalid(format!("its header has `{name}`")));
    }
    let header = decode_header(token).map_err(invalid)?;
    if !ALGORITHMS.contains(&header.alg) {
        return Err(invalid(format!("the algorithm {:?} is not accepted", header.alg)));
    }
    // RFC 8725, section 3.11: tokens of other types have the same issuer and keys.
    let typ = header.typ.as_deref().unwrap_or("JWT").to_ascii_lowercase();
    if typ.strip_prefix("application/").unwrap_or(&typ) != "jwt" {
        return Err(invalid(format!("it is of type {typ:?}")));
    }
    Ok(header)
}

pub fn invalid(reason: impl std::fmt::Display) -> TokenError {
    TokenError::Invalid(reason.to_string())
}
