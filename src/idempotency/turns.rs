//! Requests that are under way with a key. The same ones wait for the first without a database
//! connection, and find its answer: what it proves itself with is tried once and not by each of
//! them.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use tokio::sync::OwnedMutexGuard;
use uuid::Uuid;

use super::IdempotencyKey;
use crate::credentials::Identity;

type Turn = tokio::sync::Mutex<()>;

/// The turns of one process.
#[derive(Default)]
pub struct Turns(Mutex<HashMap<(Uuid, String), Weak<Turn>>>);

impl Turns {
    /// Waits for those of the user's requests with this key that came before. At once without a
    /// key.
    pub async fn take(
        &self,
        identity: Identity,
        key: Option<&IdempotencyKey>,
    ) -> Option<OwnedMutexGuard<()>> {
        let turn = self.of((identity.user_id, key?.key.clone()));
        Some(turn.lock_owned().await)
    }

    fn of(&self, key: (Uuid, String)) -> Arc<Turn> {
        let mut turns = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let turn = turns.get(&key).and_then(Weak::upgrade).unwrap_or_default();
        turns.insert(key, Arc::downgrade(&turn));
        turn
    }
}
