//! A cache of verified access tokens, because clients send the same token with every request.
//!
//! Verifying a token again yields the same result, because the keys do not change while the
//! process runs. Only the expiry is checked each time. The database still decides whether the
//! identity is valid.

use std::{cell::RefCell, num::NonZeroUsize};

use lru::LruCache;

use super::{Identity, jwt::Verified};

/// About 400 bytes each, so at most 6 MiB per worker.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(16_383);

/// The tokens of one worker, keyed by their full text, so that a modified token is never found.
pub struct KnownTokens(RefCell<LruCache<Box<str>, Verified>>);

impl KnownTokens {
    /// The identity of the token, if it is in the cache and has not expired.
    pub fn get(&self, token: &str) -> Option<Identity> {
        let mut known = self.0.borrow_mut();
        known.get(token).filter(|verified| !verified.is_over()).map(|verified| verified.identity)
    }

    pub fn put(&self, token: &str, verified: Verified) {
        self.0.borrow_mut().put(token.into(), verified);
    }
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self(RefCell::new(LruCache::new(KEPT)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::{TimeDelta, Utc};
    use uuid::Uuid;

    use super::*;
    use crate::{
        config::Secrets,
        credentials::{Account, JwtKeys, RefreshToken},
    };

    fn keys() -> JwtKeys {
        JwtKeys::new(&Secrets {
            jwt: "a key for tokens, of which nobody knows".into(),
            jwt_previous: None,
            jwt_expiry: Duration::from_secs(3600),
            server_key: "another key".into(),
            server_key_previous: None,
        })
    }

    /// A token of a session that ends in `seconds`, and its identity.
    fn token(keys: &JwtKeys, seconds: i64) -> (String, Identity) {
        let account = Account { user_id: Uuid::new_v4(), token_version: 3, email: None };
        let session_id = Uuid::new_v4();
        let (now, lifetime) = (Utc::now(), TimeDelta::seconds(seconds));
        let given_with = RefreshToken { session_id, generation: 1 };
        let access = keys.issue(&account, given_with, now + lifetime, now).unwrap();
        (access.token, Identity { user_id: account.user_id, token_version: 3, session_id })
    }

    /// Verifies a token as a request does.
    fn verify(known: &KnownTokens, keys: &JwtKeys, token: &str) -> Option<Identity> {
        known.get(token).or_else(|| {
            let verified = keys.verify(token).ok()?;
            known.put(token, verified);
            Some(verified.identity)
        })
    }

    #[test]
    fn a_token_that_is_known_says_the_same_again() {
        let (keys, known) = (keys(), KnownTokens::default());
        let (mine, theirs) = (token(&keys, 60), token(&keys, 60));
        for _ in 0..2 {
            assert_eq!(verify(&known, &keys, &mine.0), Some(mine.1));
            assert_eq!(verify(&known, &keys, &theirs.0), Some(theirs.1));
        }
        assert_eq!(known.0.borrow().len(), 2);
    }

    #[test]
    fn a_signature_is_good_for_its_own_token_only() {
        let (keys, known) = (keys(), KnownTokens::default());
        let (mine, theirs) = (token(&keys, 60).0, token(&keys, 60).0);
        verify(&known, &keys, &mine).unwrap();
        verify(&known, &keys, &theirs).unwrap();
        let (signed, signature) =
            (theirs.rsplit_once('.').unwrap().0, mine.rsplit_once('.').unwrap().1);
        assert!(verify(&known, &keys, &format!("{signed}.{signature}")).is_none());
        assert_eq!(known.0.borrow().len(), 2, "what is refused is not kept");
    }

    #[test]
    fn a_token_that_has_expired_since_is_known_no_more() {
        let (keys, known) = (keys(), KnownTokens::default());
        // Expired by more than the leeway.
        let (expired, _) = token(&keys, -60);
        let (good, _) = token(&keys, 60);
        let long_ago = keys.verify(&good).unwrap().ending(Utc::now().timestamp() - 60);
        known.put(&expired, long_ago);
        assert!(verify(&known, &keys, &expired).is_none());
    }
}
