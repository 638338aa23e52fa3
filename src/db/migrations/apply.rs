//! Applies migrations while servers and backups use the tables.
//!
//! A statement that changes a table waits for all transactions that use it, and later statements
//! queue behind it. During a nightly dump, that could take minutes. So each migration waits at most
//! a second for a lock, lets the others proceed, and tries again.

use std::{
    thread,
    time::{Duration, Instant},
};

use diesel::{
    connection::SimpleConnection,
    migration::{self, Migration},
    prelude::*,
    sql_types::Text,
};
use diesel_migrations::MigrationHarness;

use super::{Harness, MIGRATIONS, compatibility, programs};

const LOCK_TIMEOUT: &str = "1s";
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How long a migration is retried. If it takes longer, the start fails and systemd repeats it.
const PATIENCE: Duration = Duration::from_secs(240);

/// The name of the programs in lists of versions.
pub const PROGRAMS: &str = "programs";

/// The steps still to be applied, in order, and [`PROGRAMS`] if they must be recreated. A server
/// that is older than the database leaves the database's programs unchanged.
pub fn pending(connection: &mut Harness) -> migration::Result<Vec<String>> {
    let steps = connection.pending_migrations(MIGRATIONS)?;
    let mut pending: Vec<String> =
        steps.iter().map(|step| step.name().version().to_string()).collect();
    if !pending.is_empty()
        || (!compatibility::is_ahead(connection)? && !programs::are_current(connection)?)
    {
        pending.push(PROGRAMS.to_owned());
    }
    Ok(pending)
}

/// Applies pending steps and programs, and returns their names.
pub fn all(connection: &mut Harness) -> migration::Result<Vec<String>> {
    let pending = pending(connection)?;
    for step in connection.pending_migrations(MIGRATIONS)? {
        patiently(connection, &step.name().to_string(), |connection| {
            if !step.metadata().run_in_transaction() {
                // Builds an index CONCURRENTLY, which waits for other transactions without blocking
                // them.
                connection.batch_execute("SET lock_timeout = 0")?;
                drop_unfinished_indexes(connection)?;
            }
            connection.run_migration(&*step).map(drop)
        })?;
    }
    if pending.iter().any(|pending| pending == PROGRAMS) {
        patiently(connection, PROGRAMS, programs::make)?;
    }
    Ok(pending)
}

/// Repeats `work` as long as other sessions lock a table that it changes.
fn patiently(
    connection: &mut Harness,
    name: &str,
    work: impl Fn(&mut Harness) -> migration::Result<()>,
) -> migration::Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        connection.batch_execute(&format!("SET lock_timeout = '{LOCK_TIMEOUT}'"))?;
        match work(connection) {
            Err(error) if waits_for_a_lock(&*error) && Instant::now() < deadline => {
                tracing::warn!(
                    db.migration = %name, error = %error,
                    "a table that the migration changes is locked, perhaps by a backup; trying again"
                );
                thread::sleep(RETRY_EVERY);
            }
            outcome => return outcome,
        }
    }
}

/// A lock timeout or a deadlock. Apart from its text, diesel's error hides the statement's error.
fn waits_for_a_lock(error: &(dyn std::error::Error + Send + Sync)) -> bool {
    let text = error.to_string();
    ["55P03: ", "40P01: "].iter().any(|code| text.contains(code))
}

/// Drops what an interrupted `CREATE INDEX CONCURRENTLY` leaves: indexes that are kept up to date
/// but never used.
fn drop_unfinished_indexes(connection: &mut Harness) -> migration::Result<()> {
    #[derive(QueryableByName)]
    struct Index {
        #[diesel(sql_type = Text)]
        name: String,
    }
    let unfinished: Vec<Index> = diesel::sql_query(
        "SELECT format('%I.%I', nspname, relname) AS name
         FROM pg_index JOIN pg_class c ON c.oid = indexrelid JOIN pg_namespace n ON n.oid = relnamespace
         WHERE NOT indisvalid AND nspname = current_schema()",
    )
    .load(connection)?;
    for Index { name } in unfinished {
        connection.batch_execute(&format!("DROP INDEX CONCURRENTLY {name}"))?;
    }
    Ok(())
}
