//! Signatures as Standard Webhooks has them:
//! <https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md>.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The value of `webhook-signature`: one signature by each key, with spaces between them.
pub fn sign(keys: &[[u8; 32]], id: &str, timestamp: i64, body: &[u8]) -> String {
    let signatures: Vec<String> =
        keys.iter().map(|key| sign_with(key, id, timestamp, body)).collect();
    signatures.join(" ")
}

/// `v1,` and the HMAC-SHA-256 of id, time (Unix seconds) and body.
fn sign_with(key: &[u8; 32], id: &str, timestamp: i64, body: &[u8]) -> String {
    // HMAC takes keys of any length, so this cannot fail.
    let mut mac = match Hmac::<Sha256>::new_from_slice(key) {
        Ok(mac) => mac,
        Err(error) => unreachable!("{error}"),
    };
    mac.update(format!("{id}.{timestamp}.").as_bytes());
    mac.update(body);
    format!("v1,{}", STANDARD.encode(mac.finalize().into_bytes()))
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
