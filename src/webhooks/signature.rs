//! Signatures according to Standard Webhooks:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use uuid::Uuid;

use crate::credentials::{Purpose, ServerKey};

/// The value of `webhook-signature`: one signature per key, separated by spaces.
pub fn sign(keys: &[[u8; 32]], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> =
        keys.iter().map(|key| sign_with(key, id, timestamp, body)).collect();
    signatures.join(" ")
}

/// `v1,` and the HMAC-SHA-256 of id, time (Unix seconds) and body.
fn sign_with(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8]) -> String {
    // Cannot fail, because HMAC takes keys of any length.
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(error) => unreachable!("{error}"),
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
}

/// The signing key of a webhook. It is derived from the id and never stored.
pub fn signing_key(server_key: &ServerKey, webhook_id: Uuid) -> [u8; 32] {
    server_key.tag(Purpose::Webhook, "secret", webhook_id.as_bytes())
}

/// The signing keys of a webhook, one per accepted server key. The receiver knows one of them,
/// which may be the previous one during key rotation.
pub fn signing_keys(server_key: &ServerKey, webhook_id: Uuid) -> Vec<[u8; 32]> {
    server_key.accepted().map(|key| signing_key(key, webhook_id)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Computed with Python's `hmac`.
    #[test]
    fn they_are_those_that_others_compute() {
        let signature =
            sign(&[[7; 32], [8; 32]], "msg_1", 1_614_265_330, br#"{"test": 2432232314}"#);
        let expected = "v1,4tb+MnkCTqymlrGQQ6f66PPeMjMas7AHx6XI40qL5MA= v1,cVKuncek8l3CU4LyEBhmTYndIG6zRK37jBLfwb3GIbw=";
        assert_eq!(signature, expected);
    }
}
