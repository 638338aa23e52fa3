//! Work that waits in the database: a thread with an actor that looks for it, when it is told that there may
//! be some and now and then.
//!
//! Rows are the truth, as in the outbox: whoever claims one has it until a lease ends, so that neither a dead
//! actor nor a dead server loses anything.

mod runner;
pub mod store;
mod work;

pub use work::{Stopping, Work};

use std::time::Duration;

use actix::Actor;
use actix_rt::Arbiter;
use tokio::sync::{mpsc, oneshot};

use self::runner::{Look, Runner};
use crate::db::{Connector, listen};

/// How often it is seen whether the actor lives.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// Where work is heard of, and how much of it is done at once.
pub struct Schedule {
    pub connector: Connector,
    /// Of the notification that there may be work.
    pub channel: &'static str,
    /// It is looked for at least this often, notified or not.
    pub poll: Duration,
    pub at_once: usize,
    pub stopping: Stopping,
}

/// A running thread of work.
pub struct Jobs {
    arbiter: Arbiter,
    stopping: Stopping,
    stopped: oneshot::Receiver<()>,
}

impl Jobs {
    /// Starts a thread; `worker` is made there. Needs a running actix system.
    pub fn start<W: Work>(schedule: Schedule, worker: impl FnOnce() -> W + Send + 'static) -> Self {
        let stopping = schedule.stopping.clone();
        let (done, stopped) = oneshot::channel();
        let arbiter = Arbiter::new();
        arbiter.spawn_fn(move || {
            actix_rt::spawn(keep_alive(schedule, worker(), done));
        });
        Self { arbiter, stopping, stopped }
    }

    /// Begins nothing more, and waits for what was begun.
    pub async fn stop(self) {
        self.stopping.begins();
        // An error means that the thread ended without an answer: there is nothing left to wait for.
        let _ = self.stopped.await;
        self.arbiter.stop();
        let _ = tokio::task::spawn_blocking(move || self.arbiter.join()).await;
    }
}

/// Starts the actor anew when it has died, until there is nothing more to do.
async fn keep_alive<W: Work>(schedule: Schedule, worker: W, done: oneshot::Sender<()>) {
    let start = || {
        let stopping = schedule.stopping.clone();
        Runner::new(worker.clone(), schedule.poll, schedule.at_once, stopping).start()
    };
    let mut runner = start();
    let (connector, channel) = (schedule.connector.clone(), schedule.channel);
    let (wake, mut woken) = mpsc::unbounded_channel();
    let listener = actix_rt::spawn(async move {
        // Nobody is left to be woken when the channel is closed.
        listen(connector, channel, |_| {
            let _ = wake.send(());
        })
        .await;
    });
    loop {
        tokio::select! {
            () = schedule.stopping.begun() => {
                // It answers when it is idle; one that is dead does not, and has nothing to wait
                // for.
                let _ = runner.send(runner::Stop).await;
                break;
            }
            Some(()) = woken.recv() => runner.do_send(Look),
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
        if !runner.connected() {
            tracing::error!(jobs = channel, "the actor died; starting it again");
            runner = start();
        }
    }
    listener.abort();
    let _ = done.send(());
}
