//! Creates account exports, one at a time on each server, on a thread of low priority.

use diesel_async::{AnsiTransactionManager, TransactionManager};

use super::{
    contents::Contents,
    store::{self, ClaimedExport, Failed},
};
use crate::{
    activities::originals::Storage,
    config::{Config, ImportConfig},
    db::{Connector, Notifications, Pool},
    error::{ApiError, ApiResult},
    jobs::{Jobs, Schedule, Stopping, Work},
    priority::low_priority,
};

/// One connection reads, and one writes.
const POOL_SIZE: usize = 2;

/// Maximum number of database connections.
pub const CONNECTIONS: usize = POOL_SIZE;

/// Starts creating exports on a separate thread. Needs a running actix system.
pub fn start(config: &Config, connector: Connector, notifications: &mut Notifications) -> Jobs {
    let connector = connector.with_statement_timeout(config.database.statement_timeout);
    let stopping = Stopping::default();
    let schedule = Schedule {
        name: store::NOTIFY_CHANNEL,
        woken: notifications.wake(store::NOTIFY_CHANNEL),
        poll: config.imports.poll,
        at_once: 1,
        stopping: stopping.clone(),
    };
    let (config, wait) = (config.imports.clone(), config.database.wait);
    let storage = Storage::new(&config);
    Jobs::start(schedule, move || {
        low_priority();
        Maker { pool: Pool::new(connector, POOL_SIZE, wait), config, storage, stopping }
    })
}

#[derive(Clone)]
struct Maker {
    pool: Pool,
    config: ImportConfig,
    storage: Storage,
    stopping: Stopping,
}

impl Work for Maker {
    async fn work_once(&self) -> bool {
        match self.claim().await {
            Ok(Some(job)) => {
                let worked = if job.is_given_up() {
                    Err(ApiError::internal("the servers that worked on the export died repeatedly"))
                } else {
                    self.work_on(&job).await
                };
                if let Err(error) = worked {
                    tracing::warn!(user.id = %job.user_id, error.cause = ?error.cause, "an account export failed");
                    let is_of_storage = error.code.is_of_storage();
                    let failed = if is_of_storage { Failed::Storage } else { Failed::Otherwise };
                    // If even this fails, the job is claimed again when its lease expires.
                    if let Ok(conn) = self.pool.get().await {
                        let _ = store::put_back(&conn, &job, failed).await;
                    }
                }
                true
            }
            Ok(None) => false,
            Err(error) => {
                tracing::warn!(error.cause = ?error.cause, "cannot check for queued account exports");
                false
            }
        }
    }
}

impl Maker {
    async fn claim(&self) -> ApiResult<Option<ClaimedExport>> {
        let conn = self.pool.get().await?;
        Ok(store::claim(&conn, self.config.lease).await?)
    }

    async fn work_on(&self, job: &ClaimedExport) -> ApiResult<()> {
        let writer = self.pool.get().await?;
        let made = {
            let mut reader = self.pool.get().await?;
            // The snapshot does not contain what is written meanwhile.
            let begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
            AnsiTransactionManager::begin_transaction_sql(&mut *reader, begin).await?;
            let contents = Contents {
                reader: &reader,
                writer: &writer,
                job,
                lease: self.config.lease,
                storage: &self.storage,
                stopping: &self.stopping,
                found: 0,
                done: 0,
            };
            let made = contents.make().await;
            AnsiTransactionManager::rollback_transaction(&mut *reader).await?;
            made?
        };
        match made {
            Some(bytes) => {
                store::finish(&writer, job, bytes).await?;
                tracing::info!(user.id = %job.user_id, account_export.bytes = bytes, "export");
            }
            None => {
                store::put_back(&writer, job, Failed::Interrupted).await?;
            }
        }
        Ok(())
    }
}
