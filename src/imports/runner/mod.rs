//! Working on imports: an actor claims one job after the other, and a thread of low priority does it.
//!
//! Reading files is work for a processor: it has a thread of its own, so that neither requests nor messages
//! wait for it, and the actor stays free to hear of new jobs and of a stop.

mod actor;
mod archive;
mod chunk_reader;
mod health;
mod job;
mod keep;
mod strava;
mod thread;
mod unpack;
mod walk;

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
    time::Duration,
};

use actix::Actor;
use actix_rt::Arbiter;
use tokio::sync::oneshot;

use self::actor::{Look, Runner};
use super::store;
use crate::{
    config::{Config, ImportConfig},
    db::{Connector, Pool, listen},
    telemetry::{ImportMetrics, Metrics},
};

pub use thread::{Ended, run_here};

/// How often it is seen whether the actor lives.
const WATCH_EVERY: Duration = Duration::from_millis(500);

/// What the actor and the threads need.
#[derive(Clone)]
pub struct Parts {
    pub connector: Connector,
    pub config: ImportConfig,
    pub metrics: ImportMetrics,
    /// Turns true when no further file may be begun.
    pub stopping: Arc<AtomicBool>,
}

/// The running importer.
pub struct Imports {
    arbiter: Arbiter,
    stopping: Arc<AtomicBool>,
    stopped: oneshot::Receiver<()>,
}

impl Imports {
    /// Starts the importer on a thread of its own. Needs a running actix system.
    pub fn start(config: &Config, connector: Connector, metrics: &Metrics) -> Self {
        let connector = connector.with_statement_timeout(config.database.statement_timeout);
        let pool = Pool::new(connector.clone(), 1, config.database.wait);
        let stopping = Arc::new(AtomicBool::new(false));
        let parts = Parts {
            connector,
            config: config.imports,
            metrics: metrics.imports.clone(),
            stopping: Arc::clone(&stopping),
        };
        let (done, stopped) = oneshot::channel();
        let arbiter = Arbiter::new();
        arbiter.spawn_fn(move || {
            actix_rt::spawn(keep_alive(parts, pool, done));
        });
        Self { arbiter, stopping, stopped }
    }

    /// Waits for the file that is being read, and gives the job back.
    pub async fn stop(self) {
        self.stopping.store(true, Relaxed);
        // An error means that the thread ended without an answer: there is nothing left to wait for.
        let _ = self.stopped.await;
        self.arbiter.stop();
        let _ = tokio::task::spawn_blocking(move || self.arbiter.join()).await;
    }
}

/// Starts the actor anew when it has died, until there is nothing more to do.
async fn keep_alive(parts: Parts, pool: Pool, done: oneshot::Sender<()>) {
    let mut runner = Runner::new(parts.clone(), pool.clone()).start();
    let connector = parts.connector.clone();
    let (wake, mut woken) = tokio::sync::mpsc::unbounded_channel();
    let listener = actix_rt::spawn(async move {
        // Nobody is left to be woken when the channel is closed.
        listen(connector, store::NOTIFY_CHANNEL, |_| {
            let _ = wake.send(());
        })
        .await;
    });
    loop {
        tokio::select! {
            Some(()) = woken.recv() => runner.do_send(Look),
            () = tokio::time::sleep(WATCH_EVERY) => {}
        }
        if parts.stopping.load(Relaxed) {
            // It answers when it is idle; one that is dead does not, and has nothing to wait for.
            let _ = runner.send(actor::Stop).await;
            break;
        }
        if !runner.connected() {
            tracing::error!("the import actor died; starting it again");
            runner = Runner::new(parts.clone(), pool.clone()).start();
        }
    }
    listener.abort();
    pool.close();
    let _ = done.send(());
}
