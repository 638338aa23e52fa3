//! Hands how attempts ended to those who write it.

use tokio::sync::{mpsc, oneshot};

use crate::outbox::store::Ended;

/// An outcome, and who waits until it is written.
type Waiting = (Ended, oneshot::Sender<()>);

/// Hands outcomes over.
#[derive(Clone)]
pub struct Recorder(mpsc::UnboundedSender<Waiting>);

/// The other end of a [`Recorder`].
pub struct Outcomes(pub mpsc::UnboundedReceiver<Waiting>);

impl Recorder {
    pub fn new() -> (Self, Outcomes) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), Outcomes(receiver))
    }

    /// Returns once the outcome is written, or its claim was lost. A database that is away is asked
    /// again until it is back: a message that was sent and not recorded would be sent again.
    pub async fn record(&self, ended: Ended) {
        let (written, is_written) = oneshot::channel();
        if self.0.send((ended, written)).is_ok() {
            // An error means that the delivery ends; the lease will run out.
            let _ = is_written.await;
        }
    }
}
