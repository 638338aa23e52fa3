//! The embedded migrations, run under an advisory lock so that replicas may start together.

use std::time::Duration;

use derive_more::Display;
use diesel::{ConnectionError, connection::SimpleConnection, migration::MigrationVersion};
use diesel_async::{AsyncPgConnection, async_connection_wrapper::AsyncConnectionWrapper};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use super::Connector;

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("migrations");

/// Any fixed number will do: it names this application's lock in its database.
const ADVISORY_LOCK: i64 = 0x73_70_6f_72_74_73;

/// Why the schema could not be brought up to date.
#[derive(Debug, Display)]
pub enum MigrationError {
    #[display("the database cannot be reached: {_0}")]
    Connection(ConnectionError),
    #[display("a migration failed: {_0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
}

impl std::error::Error for MigrationError {}

type Harness = AsyncConnectionWrapper<AsyncPgConnection>;

/// Applies what is pending and returns the versions applied, trying for `patience` to reach
/// the database (it may be starting beside us).
pub async fn run(connector: &Connector, patience: Duration) -> Result<Vec<String>, MigrationError> {
    on_a_thread_of_its_own(connector, patience, |connection| {
        let applied = connection.run_pending_migrations(MIGRATIONS)?;
        Ok(applied.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// The database's schema against the one that this program knows.
pub struct Schema {
    pub applied: usize,
    /// Versions that are still to be applied.
    pub pending: Vec<String>,
}

/// Looks, and changes nothing.
pub async fn compare(connector: &Connector) -> Result<Schema, MigrationError> {
    on_a_thread_of_its_own(connector, Duration::ZERO, |connection| {
        let pending = connection.pending_migrations(MIGRATIONS)?;
        Ok(Schema {
            applied: connection.applied_migrations()?.len(),
            pending: pending
                .iter()
                .map(|migration| migration.name().version().to_string())
                .collect(),
        })
    })
    .await
}

/// Reverts everything, newest first. All data is lost: for tests of the `down.sql` files.
pub async fn revert_all(connector: &Connector) -> Result<Vec<String>, MigrationError> {
    on_a_thread_of_its_own(connector, Duration::ZERO, |connection| {
        let reverted = connection.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// diesel's harness blocks, which no runtime of ours may do: it gets a thread and a runtime.
async fn on_a_thread_of_its_own<T: Send + 'static>(
    connector: &Connector,
    patience: Duration,
    work: impl FnOnce(&mut Harness) -> diesel::migration::Result<T> + Send + 'static,
) -> Result<T, MigrationError> {
    let connector = connector.clone();
    let (sender, receiver) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let outcome = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| MigrationError::Migration(error.into()))
            .and_then(|runtime| {
                let connection = runtime.block_on(connect_patiently(&connector, patience))?;
                let _entered = runtime.enter();
                let mut connection = Harness::from(connection);
                locked(&mut connection, work).map_err(MigrationError::Migration)
            });
        // The receiver is gone only when the caller was dropped, and then nobody asks.
        let _ = sender.send(outcome);
    });
    receiver.await.map_err(|error| MigrationError::Migration(error.into()))?
}

fn locked<T>(
    connection: &mut Harness,
    work: impl FnOnce(&mut Harness) -> diesel::migration::Result<T>,
) -> diesel::migration::Result<T> {
    connection.batch_execute(&format!("SELECT pg_advisory_lock({ADVISORY_LOCK})"))?;
    // The lock ends with the session, so a failure needs no unlocking.
    let outcome = work(connection)?;
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
    Ok(outcome)
}

async fn connect_patiently(
    connector: &Connector,
    patience: Duration,
) -> Result<AsyncPgConnection, MigrationError> {
    let deadline = tokio::time::Instant::now() + patience;
    loop {
        match connector.direct().connect().await {
            Ok(connection) => return Ok(connection),
            Err(error) if tokio::time::Instant::now() >= deadline => {
                return Err(MigrationError::Connection(error));
            }
            Err(error) => {
                tracing::warn!(error = %error, "the database is not there yet, trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
