//! Wakes the requests of this process that wait for a change, whichever replica made it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::watch;
use uuid::Uuid;

use crate::db::Notifications;

/// The channel that the database function `notify_of_changes` notifies.
const CHANNEL: &str = "activities";

/// Notifies waiting requests of changes. Shared by all workers; cheap to clone.
#[derive(Clone, Default)]
pub struct ChangeNotifier(Arc<Mutex<Subscribers>>);

#[derive(Default)]
struct Subscribers {
    by_user: HashMap<Uuid, watch::Sender<()>>,
    is_stopping: bool,
}

/// A subscription to the changes of one user.
pub struct Waiting {
    notifier: ChangeNotifier,
    user_id: Uuid,
    changed: watch::Receiver<()>,
}

impl ChangeNotifier {
    /// A notifier of the changes that `notifications` hears of.
    pub fn new(notifications: &mut Notifications) -> Self {
        let notifier = Self::default();
        let heard = notifier.clone();
        notifications.subscribe(CHANNEL, move |payload| match payload.map(str::parse) {
            Some(Ok(user_id)) => heard.notify(user_id),
            Some(Err(_)) | None => heard.notify_all(),
        });
        notifier
    }

    /// Subscribes to changes of this user that are notified from now on.
    pub fn wait_for(&self, user_id: Uuid) -> Waiting {
        let changed = self.subscribers().by_user.entry(user_id).or_default().subscribe();
        Waiting { notifier: self.clone(), user_id, changed }
    }

    /// Wakes all waiting requests, because the process is shutting down.
    pub fn stop(&self) {
        self.subscribers().is_stopping = true;
        self.notify_all();
    }

    fn notify(&self, user_id: Uuid) {
        if let Some(subscriber) = self.subscribers().by_user.get(&user_id) {
            subscriber.send_replace(());
        }
    }

    fn notify_all(&self) {
        for subscriber in self.subscribers().by_user.values() {
            subscriber.send_replace(());
        }
    }

    fn subscribers(&self) -> MutexGuard<'_, Subscribers> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// Waits for a change since the last call; false if the process is shutting down.
    pub async fn changed(&mut self) -> bool {
        !self.notifier.subscribers().is_stopping
            && self.changed.changed().await.is_ok()
            && !self.notifier.subscribers().is_stopping
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        let mut subscribers = self.notifier.subscribers();
        // This receiver is still counted.
        if subscribers
            .by_user
            .get(&self.user_id)
            .is_some_and(|subscriber| subscriber.receiver_count() <= 1)
        {
            subscribers.by_user.remove(&self.user_id);
        }
    }
}
