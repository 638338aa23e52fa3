//! Determines from which time on opened connections may be used.
//!
//! One connection may find out that the primary has become a standby, or that a proxy now leads to
//! another server. Connections opened earlier may have the same problem, including those that only
//! read: they may read outdated data.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    time::Instant,
};

use tokio::sync::Notify;

/// Shared by all connections to one database. Cheap to clone.
#[derive(Clone)]
pub struct Trust {
    began: Instant,
    /// Microseconds since `began`. Connections opened earlier are not trusted.
    lost: Arc<AtomicU64>,
    breaking_off: Arc<Notify>,
}

impl Default for Trust {
    fn default() -> Self {
        Self { began: Instant::now(), lost: Arc::default(), breaking_off: Arc::default() }
    }
}

impl Trust {
    /// Stops the use of connections opened before `then`.
    pub fn lose(&self, then: Instant) {
        self.lost.fetch_max(self.at(then), Relaxed);
    }

    /// Also aborts queries in flight on them: the server is gone, but TCP has not noticed.
    pub fn break_off(&self, then: Instant) {
        self.lose(then);
        self.breaking_off.notify_waiters();
    }

    /// Waits until connections opened at `opened` are broken off.
    pub async fn broken_off(&self, opened: Instant) {
        loop {
            self.breaking_off.notified().await;
            if !self.is_in(opened) {
                return;
            }
        }
    }

    /// Whether a connection opened at `opened` may still be used.
    pub fn is_in(&self, opened: Instant) -> bool {
        self.at(opened) >= self.lost.load(Relaxed)
    }

    fn at(&self, instant: Instant) -> u64 {
        let micros = instant.saturating_duration_since(self.began).as_micros();
        u64::try_from(micros).unwrap_or(u64::MAX)
    }
}
