//! Working on imports: one job after the other is claimed, and a thread does it that gives way to all others.
//!
//! Reading files is work for a processor: it has a thread of its own, so that neither requests nor messages
//! wait for it. Two at a time, of which one is small: whoever brings the run of this morning does
//! not wait for somebody else's ten years.

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
mod takeout;
mod thread;
pub mod unpack;
mod unread;
mod walk;

use std::rc::Rc;

use tokio::sync::Mutex;

use super::store::{self, Claimed};
use crate::{
    activities::originals::Storage,
    config::Config,
    db::{Connections, Connector, Pool},
    error::ApiResult,
    jobs::{Jobs, Schedule, Stopping, Work},
    priority::Requests,
    recordings::MAX_FILE_BYTES,
    telemetry::Metrics,
};

pub use files::original_name;
pub use parts::Parts;
pub use thread::{Ended, run_here};

const AT_ONCE: usize = 2;

/// To claim them by; a job itself has one that reads and one that writes.
const POOL_SIZE: usize = 1;
const CONNECTIONS_OF_JOB: usize = 2;

/// The most that they have open.
pub const CONNECTIONS: Connections =
    Connections { lent: POOL_SIZE + AT_ONCE * CONNECTIONS_OF_JOB, listening: 1 };

/// Bytes of the files that its jobs have in memory, at most.
pub const FILE_BYTES: usize = AT_ONCE * MAX_FILE_BYTES;

/// Bytes of an upload that is soon done.
const SMALL: i64 = 8 * 1024 * 1024;

/// Starts the importer on a thread of its own. Needs a running actix system.
pub fn start(config: &Config, connector: Connector, metrics: &Metrics, requests: Requests) -> Jobs {
    let connector = connector.with_statement_timeout(config.database.statement_timeout);
    let wait = config.database.wait;
    let parts = Parts {
        connector: connector.clone(),
        config: config.imports.clone(),
        storage: Storage::new(&config.imports),
        metrics: metrics.imports.clone(),
        stopping: Stopping::default(),
        requests,
    };
    let schedule = Schedule {
        connector: connector.clone(),
        channel: store::NOTIFY_CHANNEL,
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
    parts: Parts,
    pool: Pool,
    /// Held by the one that may be large.
    any_size: Rc<Mutex<()>>,
}

impl Importer {
    async fn claim(&self, max_bytes: i64) -> ApiResult<Option<Claimed>> {
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
                tracing::warn!(error.cause = ?error.cause, "cannot look for imports now");
                false
            }
        }
    }
}
