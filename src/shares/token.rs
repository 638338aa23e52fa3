//! The secret in the link of a share.

use std::str::FromStr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::credentials::{Purpose, ServerKey};

/// 256 bits that only the server can tell, written as 43 characters of URL-safe base64 (RFC 4648, section 5).
pub struct ShareToken([u8; 32]);

impl ShareToken {
    /// Derived from the random id, so that an answer that was lost can be given once more without having been stored.
    pub fn of(server_key: &ServerKey, share_id: Uuid) -> Self {
        Self(server_key.tag(Purpose::Share, "token", share_id.as_bytes()))
    }

    /// The one of this digest, by whichever accepted key it was made; of a share that is gone, by the present one.
    pub fn with(server_key: &ServerKey, share_id: Uuid, digest: Option<&[u8]>) -> Self {
        let mut tokens = server_key.accepted().map(|key| Self::of(key, share_id));
        let made = tokens.find(|token| Some(token.digest().as_slice()) == digest);
        made.unwrap_or_else(|| Self::of(server_key, share_id))
    }

    /// The text for the link. Named so that it cannot slip into a log by `Display`.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored in place of it. Of so many bits a plain digest tells nothing, and the link stays when the server's key changes.
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
