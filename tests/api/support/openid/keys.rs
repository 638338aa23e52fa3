//! RSA keys of the provider, generated once for all tests, and ID tokens signed with them.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rand::SystemRandom,
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use base64::{
    Engine,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::Fault;

struct Key {
    pair: KeyPair,
    signing: EncodingKey,
}

/// Key number `index`. All keys are the provider's except the last, which is foreign.
fn key(index: usize) -> &'static Key {
    static KEYS: [OnceLock<Key>; 4] = [const { OnceLock::new() }; 4];
    KEYS[index].get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let pem = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        Key { pair, signing }
    })
}

const FOREIGN: usize = 3;

/// Key number `index` as a JSON Web Key with this id.
pub fn jwk(index: usize, kid: &str) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key(index).pair.public_key());
    let (n, e) = (URL_SAFE_NO_PAD.encode(public.n), URL_SAFE_NO_PAD.encode(public.e));
    json!({"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid, "n": n, "e": e})
}

/// A token with any header and claims, signed with key number `index` by RS256.
pub fn sign_raw(index: usize, header: &Value, claims: &Value) -> String {
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let message = format!("{}.{}", part(header), part(claims));
    let pair = &key(index).pair;
    let mut signature = vec![0; pair.public_modulus_len()];
    pair.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), message.as_bytes(), &mut signature).unwrap();
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// An ID token, signed with key number `index` and this id, or as `fault` demands.
pub fn sign(index: usize, kid: &str, claims: &Value, fault: Fault) -> String {
    let header = Header { kid: Some(kid.to_owned()), ..Header::new(Algorithm::RS256) };
    match fault {
        Fault::AlgNone => {
            let header = json!({"alg": "none", "typ": "JWT", "kid": kid});
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&header), part(claims))
        }
        Fault::AlgHs256 => {
            let header = Header { alg: Algorithm::HS256, ..header };
            let public = key(index).pair.public_key().as_ref().to_vec();
            encode(&header, claims, &EncodingKey::from_secret(&public)).unwrap()
        }
        Fault::WrongSignature => encode(&header, claims, &key(FOREIGN).signing).unwrap(),
        Fault::UnknownKey => {
            let header = Header { kid: Some("nobodys".into()), ..header };
            encode(&header, claims, &key(FOREIGN).signing).unwrap()
        }
        _ => encode(&header, claims, &key(index).signing).unwrap(),
    }
}
