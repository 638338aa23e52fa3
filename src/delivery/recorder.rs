//! Writes how attempts ended: all that wait, in one statement, because a commit takes as long for
//! many as for one.

use std::{rc::Rc, time::Duration};

use tokio::sync::{mpsc, oneshot};

use super::Parts;
use crate::{
    error::{ApiResult, ErrorCode},
    outbox::{
        Channel,
        store::{self, Completion, Ended},
    },
};

/// How soon an outcome is written again that the database could not take.
const PAUSE: Duration = Duration::from_millis(500);

/// Outcomes of one statement. More than that many are rarely in flight.
const MOST_AT_ONCE: usize = 100;

/// An outcome, and who waits until it is written.
type Waiting = (Ended, oneshot::Sender<()>);

/// Hands outcomes to [`run`].
#[derive(Clone)]
pub struct Recorder(mpsc::UnboundedSender<Waiting>);

/// The other end of a [`Recorder`].
pub struct Outcomes(mpsc::UnboundedReceiver<Waiting>);

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

/// Writes what comes, until the last [`Recorder`] is gone.
pub async fn run(parts: Rc<Parts>, Outcomes(mut queue): Outcomes) {
    let mut waiting = Vec::new();
    while queue.recv_many(&mut waiting, MOST_AT_ONCE).await > 0 {
        let (ended, written): (Vec<Ended>, Vec<_>) = waiting.drain(..).unzip();
        write(&parts, ended).await;
        for written in written {
            // Nobody waits any more for an attempt whose actor died.
            let _ = written.send(());
        }
    }
}

async fn write(parts: &Parts, ended: Vec<Ended>) {
    if !write_patiently(parts, &ended).await && ended.len() > 1 {
        // One of them cannot be written: it must not take the others with it.
        for one in ended {
            write_patiently(parts, &[one]).await;
        }
    }
}

/// False when the database refuses to write this, whenever it is asked.
async fn write_patiently(parts: &Parts, ended: &[Ended]) -> bool {
    loop {
        let error = match try_write(parts, ended).await {
            Ok(()) => return true,
            Err(error) => error,
        };
        tracing::warn!(outbox.outcomes = ended.len(), error.cause = ?error.cause, "outcomes not recorded yet");
        if !matches!(error.code, ErrorCode::DatabaseUnavailable | ErrorCode::Busy) {
            return false;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn try_write(parts: &Parts, ended: &[Ended]) -> ApiResult<()> {
    let ages = {
        let conn = parts.pool.get().await?;
        store::complete(&conn, ended).await?
    };
    for one in ended {
        match ages.get(&one.claim.id) {
            Some(age) => count(parts, one, *age),
            None => lost(parts, one),
        }
    }
    Ok(())
}

fn count(parts: &Parts, ended: &Ended, age: f64) {
    let metrics = &parts.metrics;
    let channel = ended.channel.map_or("unknown", Channel::name);
    match &ended.completion {
        Completion::Sent { .. } => metrics.latency.observe(age),
        Completion::Dead { class, .. } => metrics.dead.with_label_values(&[channel, *class]).inc(),
        Completion::Expired => metrics.expired.with_label_values(&[channel]).inc(),
        Completion::Retry { .. } | Completion::Cancelled => {}
    }
}

fn lost(parts: &Parts, ended: &Ended) {
    parts.metrics.lost_leases.inc();
    tracing::warn!(outbox.id = %ended.claim.id, "the lease was lost before the outcome was recorded");
}
