//! The secret in the link of a share.

use std::str::FromStr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::credentials::{Purpose, ServerKey};

/// A secret of 256 bits, written as 43 characters of URL-safe base64 (RFC 4648, section 5).
pub struct ShareToken([u8; 32]);

impl ShareToken {
    /// Derives the token from the random id of the share. A lost answer can thus be repeated,
    /// although the token is not stored.
    pub fn of(server_key: &ServerKey, share_id: Uuid) -> Self {
        Self(server_key.tag(Purpose::Share, "token", share_id.as_bytes()))
    }

    /// Returns the token with this digest, derived from any of the accepted server keys. If the
    /// share is gone, derives it from the current key.
    pub fn with(server_key: &ServerKey, share_id: Uuid, digest: Option<&[u8]>) -> Self {
        let mut tokens = server_key.accepted().map(|key| Self::of(key, share_id));
        let made = tokens.find(|token| Some(token.digest().as_slice()) == digest);
        made.unwrap_or_else(|| Self::of(server_key, share_id))
    }

    /// The text for the link. Not `Display`, so that it cannot end up in a log by accident.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Stored instead of the token. 256 random bits need no keyed hash, and an unkeyed hash keeps
    /// the link valid when the server key changes.
    pub fn digest(&self) -> Vec<u8> {
        Sha256::digest(self.0).to_vec()
    }
}

impl FromStr for ShareToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| ())?;
        Ok(Self(bytes.try_into().map_err(|_| ())?))
    }
}
