//! A lock on a name, which serialises operations that have no common row to lock.

use diesel::sql_types::Text;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// Waits for all transactions that hold a lock on this name, then holds it until the end of this
/// transaction. The next statement sees what those transactions have written.
pub async fn lock_name(mut conn: &AsyncPgConnection, name: &str) -> diesel::QueryResult<()> {
    diesel::sql_query("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind::<Text, _>(name)
        .execute(&mut conn)
        .await
        .map(drop)
}
