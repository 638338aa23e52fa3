//! Access tokens that were verified a while ago: clients send the same one with every request.
//!
//! Verifying it again would find what it found before, for the keys stay the same as long as the process lives. Only the
//! clock goes on, so that is looked at each time; and whether the identity is still good, the database knows, as ever.

use std::{cell::RefCell, num::NonZeroUsize};

use lru::LruCache;

use super::{
    Identity,
    jwt::{JwtKeys, Verified},
};
use crate::error::ApiResult;

/// Some 400 bytes each.
const KEPT: NonZeroUsize = NonZeroUsize::MIN.saturating_add(8_191);

/// Those of one worker, by their whole text: whoever changes a letter of one has another.
pub struct KnownTokens(RefCell<LruCache<Box<str>, Verified>>);

impl KnownTokens {
    /// As [`JwtKeys::verify`].
    pub fn verify(&self, keys: &JwtKeys, token: &str) -> ApiResult<Identity> {
        let mut known = self.0.borrow_mut();
        if let Some(verified) = known.get(token).filter(|verified| !verified.is_over()) {
            return Ok(verified.identity);
        }
        let verified = keys.verify(token)?;
        known.put(token.into(), verified);
        Ok(verified.identity)
    }
}

impl Default for KnownTokens {
    fn default() -> Self {
        Self(RefCell::new(LruCache::new(KEPT)))
    }
}
