//! Background work that waits in the database. An actor on a separate thread looks for it when it
//! is notified, and at intervals.
//!
//! As in the outbox, the rows are authoritative: a claimed row belongs to its worker until the
//! lease expires, so that neither a dead actor nor a dead server loses work.

mod runner;
pub mod store;
mod work;

pub use work::{Stopping, Work};

use std::time::Duration;

use actix::Actor;
use actix_rt::Arbiter;
use tokio::sync::{oneshot, watch};

use self::runner::{CheckForWork, Runner};

/// How often to check that the actor is alive.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// When to look for work, and how much of it to do at once.
pub struct Schedule {
    /// What the work is, for the log.
    pub name: &'static str,
    /// Changes when there may be new work.
    pub woken: watch::Receiver<()>,
    /// Maximum time between two looks for work, even without a notification.
    pub poll: Duration,
    pub at_once: usize,
    pub stopping: Stopping,
}

/// A thread that does background work.
pub struct Jobs {
    arbiter: Arbiter,
    stopping: Stopping,
    stopped: oneshot::Receiver<()>,
}

impl Jobs {
    /// Starts a thread, on which `worker` is created. Needs a running actix system.
    pub fn start<W: Work>(schedule: Schedule, worker: impl FnOnce() -> W + Send + 'static) -> Self {
        let stopping = schedule.stopping.clone();
        let (done, stopped) = oneshot::channel();
        let arbiter = Arbiter::new();
        arbiter.spawn_fn(move || {
            actix_rt::spawn(keep_alive(schedule, worker(), done));
        });
        Self { arbiter, stopping, stopped }
    }

    /// Starts no more work, and waits for the work in progress.
    pub async fn stop(self) {
        self.stopping.begins();
        // An error means that the thread ended without an answer, so there is
        // nothing left to wait for.
        let _ = self.stopped.await;
        self.arbiter.stop();
        let _ = tokio::task::spawn_blocking(move || self.arbiter.join()).await;
    }
}

/// Restarts the actor if it has died, until work is to stop.
async fn keep_alive<W: Work>(mut schedule: Schedule, worker: W, done: oneshot::Sender<()>) {
    let (poll, at_once, stopping) = (schedule.poll, schedule.at_once, schedule.stopping.clone());
    let start = || Runner::new(worker.clone(), poll, at_once, stopping.clone()).start();
    let mut runner = start();
    loop {
        tokio::select! {
            () = schedule.stopping.begun() => {
                // The actor answers when it is idle. A dead actor does not, and
                // leaves nothing to wait for.
                let _ = runner.send(runner::StopWhenIdle).await;
                break;
            }
            Ok(()) = schedule.woken.changed() => runner.do_send(CheckForWork),
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
        if !runner.connected() {
            tracing::error!(jobs = schedule.name, "the actor died; restarting it");
            runner = start();
        }
    }
    let _ = done.send(());
}
