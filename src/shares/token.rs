//! The secret in the link of a share.

use std::str::FromStr;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// 256 random bits, written as 43 characters of URL-safe base64 (RFC 4648, section 5).
pub struct ShareToken([u8; 32]);

impl ShareToken {
    pub fn random() -> Self {
        Self(rand::random())
    }

    /// The text for the link. Named so that it cannot slip into a log by `Display`.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// What is stored in place of it. Of so many random bits a plain digest tells nothing.
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
