//! Serial execution of requests with the same key in one process. Later ones wait for the first
//! without a database connection and then find its response, so that a proof is tried only once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::IdempotencyKey;
use crate::credentials::Identity;

type KeyLock = tokio::sync::Mutex<()>;

/// The locks of one process, by user and key.
#[derive(Default)]
pub struct KeyLocks(Mutex<HashMap<(Uuid, String), Weak<KeyLock>>>);

impl KeyLocks {
    /// Waits for earlier requests of the user with this key. Without a key, returns at once.
    pub async fn take(
        &self,
        identity: Identity,
        key: Option<&IdempotencyKey>,
    ) -> Option<OwnedMutexGuard<()>> {
        let lock = self.of((identity.user_id, key?.key.clone()));
        Some(lock.lock_owned().await)
    }

    fn of(&self, key: (Uuid, String)) -> Arc<KeyLock> {
        let mut locks = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        locks.retain(|_, lock| lock.strong_count() > 0);
        let lock = locks.get(&key).and_then(Weak::upgrade).unwrap_or_default();
        locks.insert(key, Arc::downgrade(&lock));
        lock
    }
}
