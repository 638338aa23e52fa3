//! A lock on a name, for what must not happen twice at once though there is no row to lock.

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Waits for every transaction that has locked this name, and has it until this one ends. The statement after it
/// sees what those have written.
pub async fn lock_name(mut conn: &AsyncPgConnection, name: &str) -> diesel::QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(name)
        .execute(&mut conn)
        .await
        .map(drop)
}
