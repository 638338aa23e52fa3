//! Which versions of the server a schema supports.
//!
//! A newer schema supports older servers while they are replaced one after the other. A migration
//! that removes something they use raises the version in the table `oldest_server`.

use std::sync::LazyLock;

use diesel::{
    migration::MigrationSource,
    pg::Pg,
    prelude::*,
    sql_types::{Array, BigInt, Bool, Text},
};
use diesel_async::AsyncPgConnection;
use diesel_migrations::MigrationHarness;

use super::{Harness, MIGRATIONS};
use crate::db::{FetchOne, fixed_query, wire::sqlstate};

pub const OWN_VERSION: &str = env!("CARGO_PKG_VERSION");

/// The SQLSTATE for a missing table.
const UNDEFINED_TABLE: &str = "42P01";

/// The versions of this server's migrations.
static VERSIONS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let migrations = MigrationSource::<Pg>::migrations(&MIGRATIONS).unwrap_or_default();
    migrations.iter().map(|migration| migration.name().version().to_string()).collect()
});

/// Whether this server can use the schema: all of the server's migrations are applied, and the
/// schema still supports this version.
pub async fn is_ours(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = BigInt)]
        applied: i64,
        #[diesel(sql_type = Text)]
        oldest: String,
    }
    let found = fixed_query(
        "SELECT (SELECT count(*) FROM __diesel_schema_migrations WHERE version = ANY($1)) AS applied,
                coalesce((SELECT version FROM oldest_server), '') AS oldest",
    )
    .bind::<Array<Text>, _>(&*VERSIONS);
    match found.fetch_one(&mut conn).await {
        Ok(Found { applied, oldest }) => {
            let has_all = usize::try_from(applied) == Ok(VERSIONS.len());
            Ok(has_all && !is_newer(&oldest, OWN_VERSION))
        }
        Err(diesel::result::Error::DatabaseError(_, information))
            if sqlstate(&*information) == Some(UNDEFINED_TABLE) =>
        {
            Ok(false)
        }
        Err(error) => Err(error),
    }
}

/// Whether a newer server has applied steps that this one does not know.
pub fn is_ahead(connection: &mut Harness) -> diesel::migration::Result<bool> {
    let applied = connection.applied_migrations()?;
    Ok(applied.iter().any(|version| !VERSIONS.contains(&version.to_string())))
}

/// Whether the schema predates the baseline, and so must be converted with
/// `migrations/adopt-baseline.sql`.
pub fn is_before_baseline(connection: &mut Harness) -> diesel::migration::Result<bool> {
    let applied = connection.applied_migrations()?;
    Ok(applied.iter().map(ToString::to_string).min() < VERSIONS.first().cloned()
        && !applied.is_empty())
}

/// The oldest version that the schema supports, if this server is older.
pub fn newer_server(connection: &mut Harness) -> diesel::migration::Result<Option<String>> {
    #[derive(QueryableByName)]
    struct Table {
        #[diesel(sql_type = Bool)]
        is_there: bool,
    }
    #[derive(QueryableByName)]
    struct Oldest {
        #[diesel(sql_type = Text)]
        version: String,
    }
    let table = "SELECT to_regclass('oldest_server') IS NOT NULL AS is_there";
    let table: Vec<Table> = diesel::sql_query(table).load(connection)?;
    if !table.iter().any(|table| table.is_there) {
        return Ok(None);
    }
    let oldest: Vec<Oldest> =
        diesel::sql_query("SELECT version FROM oldest_server").load(connection)?;
    let versions = oldest.into_iter().map(|oldest| oldest.version);
    Ok(versions.filter(|oldest| is_newer(oldest, OWN_VERSION)).max())
}

/// Compares versions like `1.10.0` number by number. Suffixes do not count.
pub fn is_newer(version: &str, than: &str) -> bool {
    let numbers = |version: &str| -> Vec<u64> {
        version.split(['.', '-', '+']).map_while(|number| number.parse().ok()).collect()
    };
    numbers(version) > numbers(than)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_compared_by_their_numbers() {
        for (version, than, expected) in [
            ("0.1.0", "0.1.0", false),
            ("0.2.0", "0.1.9", true),
            ("0.10.0", "0.9.0", true),
            ("0.9.0", "0.10.0", false),
            ("1.0.0", "0.99.99", true),
            ("", "0.1.0", false),
        ] {
            assert_eq!(is_newer(version, than), expected, "{version} {than}");
        }
    }
}
