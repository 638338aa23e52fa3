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
    connection::SimpleConnection, migration::Migration, pg::Pg, prelude::*, sql_types::Text,
};
use diesel_migrations::MigrationHarness;

use super::{Harness, MIGRATIONS};

const LOCK_TIMEOUT: &str = "1s";
const RETRY_EVERY: Duration = Duration::from_secs(1);

/// How long a migration tries. A start that takes longer is systemd's to repeat.
const PATIENCE: Duration = Duration::from_secs(240);

/// Applies what is pending, in order; the versions applied.
pub fn pending(connection: &mut Harness) -> diesel::migration::Result<Vec<String>> {
    let pending = connection.pending_migrations(MIGRATIONS)?;
    pending.iter().map(|migration| apply(connection, &**migration)).collect()
}

fn apply(
    connection: &mut Harness,
    migration: &dyn Migration<Pg>,
) -> diesel::migration::Result<String> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if migration.metadata().run_in_transaction() {
            connection.batch_execute(&format!("SET lock_timeout = '{LOCK_TIMEOUT}'"))?;
        } else {
            // Builds an index CONCURRENTLY: it waits for others, and nobody waits for it.
            connection.batch_execute("SET lock_timeout = 0")?;
            drop_unfinished_indexes(connection)?;
        }
        match connection.run_migration(migration) {
            Err(error) if waits_for_a_lock(&*error) && Instant::now() < deadline => {
                tracing::warn!(
                    db.migration = %migration.name(), error = %error,
                    "others hold a table that a migration changes, a backup perhaps; trying again"
                );
                thread::sleep(RETRY_EVERY);
            }
            outcome => return Ok(outcome?.to_string()),
        }
    }
}

/// A lock time-out or a deadlock. diesel's own error hides the statement's, except from its text.
fn waits_for_a_lock(error: &(dyn std::error::Error + Send + Sync)) -> bool {
    let text = error.to_string();
    ["55P03: ", "40P01: "].iter().any(|code| text.contains(code))
}

/// What an interrupted `CREATE INDEX CONCURRENTLY` leaves: kept up to date, and used by nobody.
fn drop_unfinished_indexes(connection: &mut Harness) -> diesel::migration::Result<()> {
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
