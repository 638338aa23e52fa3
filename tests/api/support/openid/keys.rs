//! RSA keys of the provider's, made once for all tests, and ID tokens signed with them.

use std::sync::OnceLock;

use aws_lc_rs::{
    encoding::AsDer,
    rsa::{KeyPair, KeySize, PublicKeyComponents},
    signature::KeyPair as _,
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

/// Key number `index`: the first two of the provider's, the third somebody else's.
fn key(index: usize) -> &'static Key {
    static KEYS: [OnceLock<Key>; 3] = [const { OnceLock::new() }; 3];
    KEYS[index].get_or_init(|| {
        let pair = KeyPair::generate(KeySize::Rsa2048).unwrap();
        let der = pair.as_der().unwrap();
        let pem = STANDARD.encode(der.as_ref());
        let pem = format!("-----BEGIN PRIVATE KEY-----\n{pem}\n-----END PRIVATE KEY-----\n");
        let signing = EncodingKey::from_rsa_pem(pem.as_bytes()).unwrap();
        Key { pair, signing }
    })
}

const FOREIGN: usize = 2;

/// The JSON Web Key Set that has key number `index`.
pub fn key_set(index: usize) -> Value {
    let public = PublicKeyComponents::<Vec<u8>>::from(key(index).pair.public_key());
    let (n, e) = (URL_SAFE_NO_PAD.encode(public.n), URL_SAFE_NO_PAD.encode(public.e));
    json!({"keys": [{"kty": "RSA", "use": "sig", "alg": "RS256", "kid": kid(index), "n": n, "e": e}]})
}

/// An ID token, signed with key number `index` or as `fault` wants it.
pub fn sign(index: usize, claims: &Value, fault: Option<Fault>) -> String {
    let header = Header { kid: Some(kid(index)), ..Header::new(Algorithm::RS256) };
    match fault {
        Some(Fault::AlgNone) => {
            let header = json!({"alg": "none", "typ": "JWT", "kid": kid(index)});
            let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
            format!("{}.{}.", part(&header), part(claims))
        }
        Some(Fault::AlgHs256) => {
            let header = Header { alg: Algorithm::HS256, ..header };
            let public = key(index).pair.public_key().as_ref().to_vec();
            encode(&header, claims, &EncodingKey::from_secret(&public)).unwrap()
        }
        Some(Fault::WrongSignature) => encode(&header, claims, &key(FOREIGN).signing).unwrap(),
        Some(Fault::UnknownKey) => {
            let header = Header { kid: Some("nobodys".into()), ..header };
            encode(&header, claims, &key(FOREIGN).signing).unwrap()
        }
        _ => encode(&header, claims, &key(index).signing).unwrap(),
    }
}

fn kid(index: usize) -> String {
    format!("key-{index}")
}
