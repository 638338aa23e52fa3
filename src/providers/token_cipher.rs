//! Encryption of providers' tokens at rest: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03), bound
//! to the row that stores the token. The key's id is stored as well, so that keys can be rotated.

use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305, XNonce,
    aead::{Aead, Payload},
};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::error::{ApiError, ApiResult};

const NONCE_BYTES: usize = 24;

struct Key {
    id: String,
    cipher: XChaCha20Poly1305,
}

/// The known keys. The first one encrypts; all of them decrypt.
pub struct TokenCipher(Vec<Key>);

impl TokenCipher {
    pub fn new(secrets: &[SecretString]) -> Self {
        let key = |secret: &SecretString| {
            let id = derive("token-key-id", secret);
            Key {
                id: id.iter().take(8).map(|byte| format!("{byte:02x}")).collect(),
                cipher: XChaCha20Poly1305::new(&derive("token-key", secret).into()),
            }
        };
        Self(secrets.iter().map(key).collect())
    }

    /// The id of the key that encrypts. Tokens with another key id should be re-encrypted.
    pub fn current_key_id(&self) -> ApiResult<&str> {
        self.current().map(|key| key.id.as_str())
    }

    /// Encrypts `token` for the column `name` of the row `id`.
    pub fn seal(&self, id: Uuid, name: &str, token: &SecretString) -> ApiResult<Vec<u8>> {
        let nonce: [u8; NONCE_BYTES] = rand::random();
        let aad = aad(id, name);
        let payload = Payload { msg: token.expose_secret().as_bytes(), aad: &aad };
        let sealed = self.current()?.cipher.encrypt(&XNonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| ApiError::internal("a token cannot be encrypted"))?;
        Ok([nonce.as_slice(), &sealed].concat())
    }

    /// Decrypts what [`TokenCipher::seal`] encrypted for the same row and name, with
    /// the key `key_id`.
    pub fn open(
        &self,
        id: Uuid,
        name: &str,
        key_id: &str,
        sealed: &[u8],
    ) -> ApiResult<SecretString> {
        let failed = || ApiError::internal(format!("a token of key {key_id} cannot be decrypted"));
        let key = self.0.iter().find(|key| key.id == key_id).ok_or_else(failed)?;
        let (nonce, msg) = sealed.split_first_chunk::<NONCE_BYTES>().ok_or_else(failed)?;
        let payload = Payload { msg, aad: &aad(id, name) };
        let token = key.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| failed())?;
        String::from_utf8(token).map(SecretString::from).map_err(|_| failed())
    }

    fn current(&self) -> ApiResult<&Key> {
        self.0.first().ok_or_else(|| ApiError::internal("no OAUTH_TOKEN_KEY"))
    }
}

fn derive(use_for: &str, secret: &SecretString) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(format!("sports-log/1/{use_for}\0").as_bytes());
    hash.update(secret.expose_secret().as_bytes());
    hash.finalize().into()
}

fn aad(id: Uuid, name: &str) -> Vec<u8> {
    [id.as_bytes(), name.as_bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_opens_with_its_key_in_its_place_and_nowhere_else() {
        let before = TokenCipher::new(&["old key".into()]);
        let after = TokenCipher::new(&["new key".into(), "old key".into()]);
        let later = TokenCipher::new(&["new key".into()]);
        let (id, token) = (Uuid::from_u128(1), "ya29.token".into());
        let sealed = before.seal(id, "access", &token).unwrap();
        assert_ne!(sealed, before.seal(id, "access", &token).unwrap());
        let key_id = before.current_key_id().unwrap();
        for cipher in [&before, &after] {
            let opened = cipher.open(id, "access", key_id, &sealed).unwrap();
            assert_eq!(opened.expose_secret(), "ya29.token");
        }
        assert!(after.open(Uuid::from_u128(2), "access", key_id, &sealed).is_err());
        assert!(after.open(id, "refresh", key_id, &sealed).is_err());
        assert!(later.open(id, "access", key_id, &sealed).is_err());
        let mut changed = sealed.clone();
        changed[30] ^= 1;
        assert!(after.open(id, "access", key_id, &changed).is_err());
        assert!(after.open(id, "access", key_id, &sealed[..20]).is_err());
    }
}
