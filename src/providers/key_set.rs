//! A provider's public keys (RFC 7517), and the selection of keys for a token.

use jsonwebtoken::{
    Algorithm, Header,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

/// The keys of a set that can be parsed. Others are skipped, as RFC 7517, section 5 requires: a set
/// may contain keys of unknown types.
#[derive(Debug)]
pub struct KeySet(Vec<Jwk>);

impl<'de> Deserialize<'de> for KeySet {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Set {
            keys: Vec<Value>,
        }
        let Set { keys } = Set::deserialize(deserializer)?;
        Ok(Self(keys.into_iter().filter_map(|key| serde_json::from_value(key).ok()).collect()))
    }
}

impl KeySet {
    /// The keys that may have signed a token with this header: those with its `kid`, or all keys
    /// if it has no `kid`.
    pub fn candidates(&self, header: &Header) -> impl Iterator<Item = &Jwk> {
        let is_named =
            |jwk: &&Jwk| header.kid.is_none() || jwk.common.key_id.as_ref() == header.kid.as_ref();
        self.0.iter().filter(is_named).filter(|jwk| suits(jwk, header.alg))
    }
}

/// Whether the key is for signatures with this algorithm (RFC 8725, section 3.1).
fn suits(jwk: &Jwk, algorithm: Algorithm) -> bool {
    use Algorithm::{ES256, ES384, EdDSA, PS256, PS384, PS512, RS256, RS384, RS512};
    let common = &jwk.common;
    let is_for_signatures =
        common.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
            && common.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify))
            && common.key_algorithm.is_none_or(|it| it == KeyAlgorithm::from(algorithm));
    let is_of_its_kind = match (&jwk.algorithm, algorithm) {
        (AlgorithmParameters::RSA(_), RS256 | RS384 | RS512 | PS256 | PS384 | PS512) => true,
        (AlgorithmParameters::EllipticCurve(key), ES256) => key.curve == EllipticCurve::P256,
        (AlgorithmParameters::EllipticCurve(key), ES384) => key.curve == EllipticCurve::P384,
        (AlgorithmParameters::OctetKeyPair(key), EdDSA) => key.curve == EllipticCurve::Ed25519,
        _ => false,
    };
    is_for_signatures && is_of_its_kind
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_key_is_for_its_own_algorithm_and_use() {
        let rsa = json!({"kty": "RSA", "kid": "k", "n": "AQAB", "e": "AQAB"});
        let p256 = json!({"kty": "EC", "crv": "P-256", "kid": "k", "x": "AQ", "y": "AQ"});
        let with = |base: &Value, name: &str, value: Value| {
            let mut key = base.clone();
            key[name] = value;
            key
        };
        for (key, algorithm, is_one) in [
            (rsa.clone(), Algorithm::RS256, true),
            (rsa.clone(), Algorithm::PS512, true),
            (rsa.clone(), Algorithm::ES256, false),
            (with(&rsa, "alg", json!("RS256")), Algorithm::RS256, true),
            (with(&rsa, "alg", json!("RS256")), Algorithm::RS384, false),
            (with(&rsa, "alg", json!("RSA-OAEP")), Algorithm::RS256, false),
            (with(&rsa, "alg", json!("of next year")), Algorithm::RS256, false),
            (with(&rsa, "use", json!("sig")), Algorithm::RS256, true),
            (with(&rsa, "use", json!("enc")), Algorithm::RS256, false),
            (with(&rsa, "use", json!("tls")), Algorithm::RS256, false),
            (with(&rsa, "key_ops", json!(["verify"])), Algorithm::RS256, true),
            (with(&rsa, "key_ops", json!(["encrypt"])), Algorithm::RS256, false),
            (with(&rsa, "kid", json!("other")), Algorithm::RS256, false),
            (with(&rsa, "kid", json!(7)), Algorithm::RS256, false),
            (p256.clone(), Algorithm::ES256, true),
            (p256.clone(), Algorithm::ES384, false),
            (with(&p256, "crv", json!("secp256k1")), Algorithm::ES256, false),
            (json!({"kty": "oct", "kid": "k", "k": "AQ"}), Algorithm::HS256, false),
            (json!({"kty": "AKP", "kid": "k", "pub": "AQ"}), Algorithm::EdDSA, false),
            (json!("no key"), Algorithm::RS256, false),
            (json!(null), Algorithm::RS256, false),
        ] {
            // Keys that cannot be parsed do not affect the others.
            let set = json!({"keys": [null, 7, {"kty": 3}, key]});
            let set: KeySet = serde_json::from_value(set).unwrap();
            let header = Header { kid: Some("k".into()), ..Header::new(algorithm) };
            assert_eq!(set.candidates(&header).count() == 1, is_one, "{key} {algorithm:?}");
        }
    }
}
