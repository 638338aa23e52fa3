//! Device tokens. They distinguish a client that has logged in before from strangers.
//!
//! A device token grants no access. It only keeps the failed attempts of strangers from counting
//! against the owner. See
//! <https://owasp.org/www-community/Slow_Down_Online_Guessing_Attacks_with_Device_Cookies>.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use uuid::Uuid;

use crate::{
    credentials::{Purpose, ServerKey},
    db::clock,
};

const ID_BYTES: usize = 16;
const TIME_BYTES: usize = 8;

/// The lifetime of a token: one year from the login or refresh that issued it.
pub const LIFE_SECS: i64 = 365 * 24 * 60 * 60;

/// The user who logged in, and the session. The token outlives the session, so that the owner
/// can log in again.
///
/// Text form: user, session, time and an HMAC-SHA-256 of the three, in URL-safe base64.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeviceToken {
    pub user_id: Uuid,
    pub session_id: Uuid,
}

impl DeviceToken {
    /// The text form of the token, valid from now on.
    pub fn seal(self, key: &ServerKey) -> String {
        self.seal_at(key, clock::now().timestamp())
    }

    fn seal_at(self, key: &ServerKey, issued_at: i64) -> String {
        let ids = [self.user_id.as_bytes().as_slice(), self.session_id.as_bytes()].concat();
        let mut bytes = [ids.as_slice(), &issued_at.to_be_bytes()].concat();
        let tag = key.tag(Purpose::DeviceToken, "tag", &bytes);
        bytes.extend_from_slice(&tag);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    /// Parses `text`. `None` unless this server issued it within the last year.
    pub fn open(key: &ServerKey, text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).ok()?;
        let (claims, tag) = bytes.split_at_checked(2 * ID_BYTES + TIME_BYTES)?;
        if !key.is_tag(Purpose::DeviceToken, "tag", claims, tag) {
            return None;
        }
        let (user_id, rest) = claims.split_at_checked(ID_BYTES)?;
        let (session_id, issued_at) = rest.split_at_checked(ID_BYTES)?;
        let issued_at = i64::from_be_bytes(issued_at.try_into().ok()?);
        if issued_at.saturating_add(LIFE_SECS) < clock::now().timestamp() {
            return None;
        }
        let (user_id, session_id) = (Uuid::from_slice(user_id), Uuid::from_slice(session_id));
        Some(Self { user_id: user_id.ok()?, session_id: session_id.ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_this_server_sealed_within_a_year_opens() {
        let key = ServerKey::new(&"k".repeat(40).into());
        let token = DeviceToken { user_id: Uuid::from_u128(1), session_id: Uuid::from_u128(2) };
        let sealed = token.seal(&key);
        assert_eq!(DeviceToken::open(&key, &sealed), Some(token));
        assert_eq!(DeviceToken::open(&ServerKey::new(&"o".repeat(40).into()), &sealed), None);
        for at in 0..sealed.len() {
            let mut other = sealed.clone().into_bytes();
            other[at] = if other[at] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(other).unwrap();
            assert_eq!(DeviceToken::open(&key, &other), None, "{at}");
        }
        let year_ago = clock::now().timestamp() - LIFE_SECS;
        assert_eq!(DeviceToken::open(&key, &token.seal_at(&key, year_ago + 60)), Some(token));
        assert_eq!(DeviceToken::open(&key, &token.seal_at(&key, year_ago - 60)), None);
    }
}
