//! Refresh tokens. They are derived from the session and its generation, and never stored.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use super::{Purpose, ServerKey};

const ID_BYTES: usize = 16;
const GENERATION_BYTES: usize = 4;

/// The session of a refresh token, and the token's generation within the session.
///
/// Text form: session, generation and an HMAC-SHA-256 of both, in URL-safe base64. Only this server
/// can produce it. It can be produced again for a client that lost a response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefreshToken {
    pub session_id: Uuid,
    pub generation: i32,
}

impl RefreshToken {
    pub fn seal(self, key: &ServerKey) -> String {
        let mut bytes = self.session_id.as_bytes().to_vec();
        bytes.extend_from_slice(&self.generation.to_be_bytes());
        let tag = key.tag(Purpose::RefreshToken, "tag", &bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Parses `text`. `None` unless this server issued it.
    pub fn open(key: &ServerKey, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (claims, tag) = bytes.split_at_checked(ID_BYTES + GENERATION_BYTES)?;
        if !key.is_tag(Purpose::RefreshToken, "tag", claims, tag) {
            return None;
        }
        let (id, generation) = claims.split_at_checked(ID_BYTES)?;
        Some(Self {
            session_id: Uuid::from_slice(id).ok()?,
            generation: i32::from_be_bytes(generation.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_was_sealed_opens_and_nothing_else(id in any::<u128>(), generation in 0..i32::MAX, at in 0_usize..52, flip in 1_u8..) {
            let key = ServerKey::new(&"k".repeat(40).into());
            let token = RefreshToken { session_id: Uuid::from_u128(id), generation };
            let sealed = token.seal(&key);
            prop_assert_eq!(RefreshToken::open(&key, &sealed), Some(token));
            prop_assert_eq!(RefreshToken::open(&ServerKey::new(&"o".repeat(40).into()), &sealed), None);
            let mut bytes = URL_SAFE_NO_PAD.decode(&sealed).unwrap();
            bytes[at] ^= flip;
            prop_assert_eq!(RefreshToken::open(&key, &URL_SAFE_NO_PAD.encode(bytes)), None);
        }
    }
}
