//! What is done, and when no more of it is begun.

use std::future::Future;

use tokio_util::sync::CancellationToken;

/// What is done, by whichever server comes first.
pub trait Work: Clone + Unpin + 'static {
    /// Does the next thing that is to be done; whether there was one.
    fn work_once(&self) -> impl Future<Output = bool>;
}

/// Says when nothing more may be begun.
#[derive(Clone, Debug, Default)]
pub struct Stopping(CancellationToken);

impl Stopping {
    /// From now on nothing more is begun.
    pub fn begins(&self) {
        self.0.cancel();
    }

    /// Whether nothing more may be begun.
    pub fn has_begun(&self) -> bool {
        self.0.is_cancelled()
    }

    /// Resolves when it begins.
    pub async fn begun(&self) {
        self.0.cancelled().await;
    }
}
