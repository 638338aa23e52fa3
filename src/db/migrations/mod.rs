//! The embedded migrations: first steps, then programs. They run under an advisory lock, so that
//! several servers may start at once.

mod apply;
mod compatibility;
mod embedded;
mod programs;

use std::time::Duration;

use derive_more::Display;
use diesel::{
    ConnectionError, QueryResult, RunQueryDsl, connection::SimpleConnection,
    migration::MigrationVersion,
};
use diesel_async::AsyncPgConnection;
use diesel_migrations::MigrationHarness;

pub use apply::PROGRAMS;
pub use compatibility::is_ours;
use embedded::{Harness, MIGRATIONS};
pub use programs::FILES as PROGRAM_FILES;

use super::Connector;

/// An arbitrary fixed number. It identifies this application's lock within its database.
const ADVISORY_LOCK: i64 = 0x73_70_6f_72_74_73;

const LOCK_RETRY: Duration = Duration::from_millis(50);

/// Why the schema could not be brought up to date.
#[derive(Debug, Display)]
pub enum MigrationError {
    #[display("the database cannot be reached: {_0}")]
    Connection(ConnectionError),
    #[display("a migration failed: {_0}")]
    Migration(Box<dyn std::error::Error + Send + Sync>),
    #[display(
        "the database was migrated by a newer sports-log and needs version {_0} or newer; this is \
         version {}. Install {_0}, or restore a backup from before that upgrade",
        env!("CARGO_PKG_VERSION")
    )]
    TooOld(String),
    #[display(
        "the database was last migrated before 30 November 2026. See \"The baseline\" in CHANGELOG.md for the upgrade"
    )]
    BeforeBaseline,
}

impl std::error::Error for MigrationError {}

/// Applies pending migrations. Returns the versions of the applied steps and, if the programs were
/// recreated, [`PROGRAMS`]. Tries for `patience` to connect, because the database may still be
/// starting. Refuses a schema that supports only newer servers, and one from before the baseline.
pub async fn run(connector: &Connector, patience: Duration) -> Result<Vec<String>, MigrationError> {
    let applied = on_a_thread_of_its_own(connector, patience, |connection| {
        if let Some(needed) = compatibility::newer_server(connection)? {
            return Ok(Err(MigrationError::TooOld(needed)));
        }
        if compatibility::is_before_baseline(connection)? {
            return Ok(Err(MigrationError::BeforeBaseline));
        }
        Ok(Ok(apply::all(connection)?))
    });
    applied.await?
}

/// The database's schema, compared with the schema of this executable.
pub struct Schema {
    pub applied: usize,
    /// The versions of steps still to be applied, and [`PROGRAMS`] if they must be recreated.
    pub pending: Vec<String>,
    /// The oldest version that the schema supports, if this server is older.
    pub newer_server: Option<String>,
}

/// Compares without changing anything.
pub async fn compare(connector: &Connector) -> Result<Schema, MigrationError> {
    on_a_thread_of_its_own(connector, Duration::ZERO, |connection| {
        Ok(Schema {
            applied: connection.applied_migrations()?.len(),
            pending: apply::pending(connection)?,
            newer_server: compatibility::newer_server(connection)?,
        })
    })
    .await
}

/// Reverts all migrations, newest first. All data is lost: for tests of the `down.sql` files.
pub async fn revert_all(connector: &Connector) -> Result<Vec<String>, MigrationError> {
    on_a_thread_of_its_own(connector, Duration::ZERO, |connection| {
        programs::drop(connection)?;
        let reverted = connection.revert_all_migrations(MIGRATIONS)?;
        Ok(reverted.iter().map(MigrationVersion::to_string).collect())
    })
    .await
}

/// Runs `work` on a separate thread and runtime, because diesel's migration harness blocks.
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
        // Fails only if the caller was dropped and no longer needs the result.
        let _ = sender.send(outcome);
    });
    receiver.await.map_err(|error| MigrationError::Migration(error.into()))?
}

fn locked<T>(
    connection: &mut Harness,
    work: impl FnOnce(&mut Harness) -> diesel::migration::Result<T>,
) -> diesel::migration::Result<T> {
    // Polled, because CREATE INDEX CONCURRENTLY, run by the server that has the lock, would wait
    // for a session that waits in a statement.
    while !is_locked(connection)? {
        std::thread::sleep(LOCK_RETRY);
    }
    // The lock ends with the session, so it need not be released after a failure.
    let outcome = work(connection)?;
    connection.batch_execute(&format!("SELECT pg_advisory_unlock({ADVISORY_LOCK})"))?;
    Ok(outcome)
}

fn is_locked(connection: &mut Harness) -> QueryResult<bool> {
    let lock = format!("pg_try_advisory_lock({ADVISORY_LOCK})");
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Bool>(&lock)).get_result(connection)
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
                tracing::warn!(error = %error, "the database is not available yet; trying again");
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        }
    }
}
