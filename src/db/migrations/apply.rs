//! Applying migrations beside servers and backups that use the tables.
//!
//! A statement that changes a table waits until everybody has let go of it, and all that come later wait behind
//! it: behind a nightly dump, for minutes. So each migration waits a second at most, lets the others pass,
//! and tries again.

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

/// How long a migration tries. A start that takes longer is systemd's to repeat.
const PATIENCE: Duration = Duration::from_secs(240);

/// What the programs are called among the versions of steps.
pub const PROGRAMS: &str = "programs";

/// Steps that are still to be applied, in order, and the programs, if they are to be made anew. A
/// server that is older than the database leaves its programs alone.
pub fn pending(connection: &mut Harness) -> migration::Result<Vec<String>> {
    let steps = connection.pending_migrations(MIGRATIONS)?;
    let mut pending: Vec<String> =
        steps.iter().map(|step| step.name().version().to_string()).collect();
    if !pending.is_empty()
        || (!compatibility::is_ahead(connection)? && !programs::are_made(connection)?)
    {
        pending.push(PROGRAMS.to_owned());
    }
    Ok(pending)
}

/// Applies what is pending; what that was.
pub fn all(connection: &mut Harness) -> migration::Result<Vec<String>> {
    let pending = pending(connection)?;
    for step in connection.pending_migrations(MIGRATIONS)? {
        patiently(connection, &step.name().to_string(), |connection| {
            if !step.metadata().run_in_transaction() {
                // Builds an index CONCURRENTLY: it waits for others, and nobody waits for it.
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

/// Does `work` again and again while others hold a table that it changes.
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
                    "others hold a table that a migration changes, a backup perhaps; trying again"
                );
                thread::sleep(RETRY_EVERY);
            }
            outcome => return outcome,
        }
    }
}

/// A lock time-out or a deadlock. diesel's own error hides the statement's, except from its text.
fn waits_for_a_lock(error: &(dyn std::error::Error + Send + Sync)) -> bool {
    let text = error.to_string();
    ["55P03: ", "40P01: "].iter().any(|code| text.contains(code))
}

/// What an interrupted `CREATE INDEX CONCURRENTLY` leaves: kept up to date, and used by nobody.
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
