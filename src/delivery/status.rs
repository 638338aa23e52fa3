//! Whether the delivery is alive, told across threads.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

/// The relay's heartbeat. Cheap to clone.
#[derive(Clone, Debug)]
pub struct DeliveryStatus {
    started: Instant,
    /// Milliseconds after `started`, plus one; 0 before the first beat.
    last_beat: Arc<AtomicU64>,
    patience: Duration,
}

impl DeliveryStatus {
    /// `poll` is how often the relay beats at least.
    pub fn new(poll: Duration) -> Self {
        let patience = (poll * 3).max(Duration::from_secs(10));
        Self { started: Instant::now(), last_beat: Arc::default(), patience }
    }

    pub(super) fn beat(&self) {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX - 1);
        self.last_beat.store(elapsed + 1, Ordering::Relaxed);
    }

    /// Whether the relay has beaten lately.
    pub fn is_running(&self) -> bool {
        match self.last_beat.load(Ordering::Relaxed).checked_sub(1) {
            None => false,
            Some(beat) => {
                self.started.elapsed().saturating_sub(Duration::from_millis(beat)) < self.patience
            }
        }
    }
}
