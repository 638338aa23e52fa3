//! Until when connections that were opened are no longer to be used.
//!
//! A primary that became a standby, or a proxy that leads to another server now, is found out on one connection.
//! All that were opened before may be of the same kind, also those that only read: what they read may be old.

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
    /// Microseconds since `began`: what was opened before is not trusted.
    lost: Arc<AtomicU64>,
    breaking_off: Arc<Notify>,
}

impl Default for Trust {
    fn default() -> Self {
        Self { began: Instant::now(), lost: Arc::default(), breaking_off: Arc::default() }
    }
}

impl Trust {
    /// No connection that was opened before `then` is to be used again.
    pub fn lose(&self, then: Instant) {
        self.lost.fetch_max(self.at(then), Relaxed);
    }

    /// Nor is anybody to wait for an answer on one: the server is there no more, although nothing says so.
    pub fn break_off(&self, then: Instant) {
        self.lose(then);
        self.breaking_off.notify_waiters();
    }

    /// Until connections that were opened at `opened` are broken off.
    pub async fn broken_off(&self, opened: Instant) {
        loop {
            self.breaking_off.notified().await;
            if !self.is_in(opened) {
                return;
            }
        }
    }

    /// Whether a connection that was opened at `opened` may still be used.
    pub fn is_in(&self, opened: Instant) -> bool {
        self.at(opened) >= self.lost.load(Relaxed)
    }

    fn at(&self, instant: Instant) -> u64 {
        let micros = instant.saturating_duration_since(self.began).as_micros();
        u64::try_from(micros).unwrap_or(u64::MAX)
    }
}
