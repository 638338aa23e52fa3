//! The import runner. It claims one job after the other, and works on it in a thread
//! that yields to all others.
//!
//! Reading files is CPU-bound: on its own thread, it delays neither requests nor messages. Two jobs
//! run at a time, one of which must be small, so that a single recording does not wait behind
//! somebody else's archive of ten years.

mod account_export;
pub mod archive;
mod chunk_reader;
mod files;
mod garmin;
mod health;
mod ignored;
mod job;
mod keep;
mod keeper;
mod listed;
mod lists;
mod log;
mod nested;
mod parts;
mod refusals;
mod scalar;
mod stop;
mod strava;
mod thread;
pub mod unpack;
mod unread;
mod walk;

use std::rc::Rc;

use tokio::sync::Mutex;

use super::store::{self, ClaimedImport};
use crate::{
    activities::originals::Storage,
    config::Config,
    db::{Connector, Notifications, Pool},
    error::ApiResult,
    jobs::{Jobs, Schedule, Stopping, Work},
    priority::Requests,
    recordings::MAX_FILE_BYTES,
    telemetry::Metrics,
};

pub use files::original_name;
pub use parts::ImportContext;
pub use thread::{Ended, run_here};

const AT_ONCE: usize = 2;

/// A connection for claiming jobs. Each job has two more, one for reading and one for writing.
const POOL_SIZE: usize = 1;
const CONNECTIONS_OF_JOB: usize = 2;

/// Maximum number of connections that imports have open.
pub const CONNECTIONS: usize = POOL_SIZE + AT_ONCE * CONNECTIONS_OF_JOB;

/// Maximum bytes of files that jobs have in memory.
pub const FILE_BYTES: usize = AT_ONCE * MAX_FILE_BYTES;

/// Maximum bytes of a small upload, which is imported quickly.
const SMALL: i64 = 8 * 1024 * 1024;

/// Starts the importer on its own thread. Needs a running actix system.
pub fn start(
    config: &Config,
    connector: Connector,
    notifications: &mut Notifications,
    metrics: &Metrics,
    requests: Requests,
) -> Jobs {
    let connector = connector.with_statement_timeout(config.database.statement_timeout);
    let wait = config.database.wait;
    let parts = ImportContext {
        connector: connector.clone(),
        config: config.imports.clone(),
        storage: Storage::new(&config.imports),
        metrics: metrics.imports.clone(),
        stopping: Stopping::default(),
        requests,
    };
    let schedule = Schedule {
        name: store::NOTIFY_CHANNEL,
        woken: notifications.wake(store::NOTIFY_CHANNEL),
        poll: parts.config.poll,
        at_once: AT_ONCE,
        stopping: parts.stopping.clone(),
    };
    Jobs::start(schedule, move || Importer {
        parts,
        pool: Pool::new(connector, POOL_SIZE, wait),
        any_size: Rc::default(),
    })
}

#[derive(Clone)]
struct Importer {
    parts: ImportContext,
    pool: Pool,
    /// Held by the job that may have any size.
    any_size: Rc<Mutex<()>>,
}

impl Importer {
    async fn claim(&self, max_bytes: i64) -> ApiResult<Option<ClaimedImport>> {
        let conn = self.pool.get().await?;
        Ok(store::claim(&conn, self.parts.config.lease, max_bytes).await?)
    }
}

impl Work for Importer {
    async fn work_once(&self) -> bool {
        let any_size = self.any_size.try_lock();
        let max_bytes = if any_size.is_ok() { i64::MAX } else { SMALL };
        match self.claim(max_bytes).await {
            Ok(Some(job)) => {
                thread::run(self.parts.clone(), job).await;
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(error.cause = ?error.cause, "cannot check for queued imports");
                false
            }
        }
    }
}
