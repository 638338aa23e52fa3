//! Background work, and the signal to start no more of it.

use std::future::Future;

use tokio_util::sync::CancellationToken;

/// Background work, done by the first server that claims it.
pub trait Work: Clone + Unpin + 'static {
    /// Does the next piece of work; returns whether there was one.
    fn work_once(&self) -> impl Future<Output = bool>;
}

/// The signal that no more work may be started.
#[derive(Clone, Debug, Default)]
pub struct Stopping(CancellationToken);

impl Stopping {
    /// From now on, no more work is started.
    pub fn begins(&self) {
        self.0.cancel();
    }

    /// Whether no more work may be started.
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Resolves when no more work may be started.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }
}
