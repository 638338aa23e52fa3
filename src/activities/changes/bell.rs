//! Wakes the requests of this process that wait for a change, whichever replica made it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use uuid::Uuid;

use crate::db::{Connector, listen};

/// The channel that the database function `notify_of_changes` notifies.
const CHANNEL: &str = "activities";

/// Notifies waiting requests of changes. Shared by all workers; cheap to clone.
#[derive(Clone, Default)]
pub struct Bell(Arc<Mutex<Ropes>>);

#[derive(Default)]
struct Ropes {
    by_user: HashMap<Uuid, watch::Sender<()>>,
    is_stopping: bool,
}

/// A subscription to the changes of one user.
pub struct Waiting {
    bell: Bell,
    user_id: Uuid,
    rung: watch::Receiver<()>,
}

impl Bell {
    /// Listens for notifications; never returns.
    pub async fn listen(self, connector: Connector) {
        let heard = |payload: Option<&str>| match payload.map(str::parse) {
            Some(Ok(user_id)) => self.ring(user_id),
            Some(Err(_)) | None => self.ring_all(),
        };
        listen(connector, CHANNEL, heard).await;
    }

    /// Subscribes to changes of this user that are notified from now on.
    pub fn wait_for(&self, user_id: Uuid) -> Waiting {
        let rung = self.ropes().by_user.entry(user_id).or_default().subscribe();
        Waiting { bell: self.clone(), user_id, rung }
    }

    /// Wakes all waiting requests, because the process is shutting down.
    pub fn stop(&self) {
        self.ropes().is_stopping = true;
        self.ring_all();
    }

    fn ring(&self, user_id: Uuid) {
        if let Some(rope) = self.ropes().by_user.get(&user_id) {
            rope.send_replace(());
        }
    }

    fn ring_all(&self) {
        for rope in self.ropes().by_user.values() {
            rope.send_replace(());
        }
    }

    fn ropes(&self) -> MutexGuard<'_, Ropes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Waits for a change since the last call; false if the process is shutting down.
    pub async fn rung(&mut self) -> bool {
        !self.bell.ropes().is_stopping
            && self.rung.changed().await.is_ok()
            && !self.bell.ropes().is_stopping
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut ropes = self.bell.ropes();
        // This receiver is still counted.
        if ropes.by_user.get(&self.user_id).is_some_and(|rope| rope.receiver_count() <= 1) {
            ropes.by_user.remove(&self.user_id);
        }
    }
}
