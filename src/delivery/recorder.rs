//! Passes the outcomes of attempts to the task that records them.

use tokio::sync::{mpsc, oneshot};

use crate::outbox::store::Ended;

/// An outcome, and the sender that signals that it is written.
type Waiting = (Ended, oneshot::Sender<()>);

/// Passes outcomes on.
#[derive(Clone)]
pub struct Recorder(mpsc::UnboundedSender<Waiting>);

/// The receiving end of a [`Recorder`].
pub struct Outcomes(pub mpsc::UnboundedReceiver<Waiting>);

impl Recorder {
    pub fn new() -> (Self, Outcomes) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), Outcomes(receiver))
    }

    /// Returns when the outcome is written or its claim is lost. While the database is unavailable,
    /// the write is repeated: a message that was sent but not recorded would be sent again.
    pub async fn record(&self, ended: Ended) {
        let (written, is_written) = oneshot::channel();
        if self.0.send((ended, written)).is_ok() {
            // An error means that the delivery is stopping. The lease will expire.
            let _ = is_written.await;
        }
    }
}
