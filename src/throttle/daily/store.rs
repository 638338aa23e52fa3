//! SQL statements about daily budgets.

use diesel::{
    prelude::*,
    sql_types::{Binary, Integer},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::{FetchOne, fixed_query};

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// Takes one unit of today's budget. False if `limit` is reached. A rollback returns the unit.
pub async fn take(mut conn: &AsyncPgConnection, key: &[u8], limit: i32) -> QueryResult<bool> {
    let taken = fixed_query(
        "INSERT INTO daily_budgets AS b (key, day, used)
         VALUES ($1, (now() AT TIME ZONE 'UTC')::date, 1)
         ON CONFLICT (key, day) DO UPDATE SET used = b.used + 1 WHERE b.used < $2",
    );
    let taken = taken.bind::<Binary, _>(key).bind::<Integer, _>(limit);
    Ok(taken.execute(&mut conn).await? == 1)
}

/// The number of units taken today.
pub async fn used(mut conn: &AsyncPgConnection, key: &[u8]) -> QueryResult<i32> {
    let used: Option<Row> = fixed_query(
        "SELECT used AS number FROM daily_budgets
         WHERE key = $1 AND day = (now() AT TIME ZONE 'UTC')::date",
    )
    .bind::<Binary, _>(key)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(used.map_or(0, |row| row.number))
}

/// Seconds until the next day begins.
pub async fn seconds_left(mut conn: &AsyncPgConnection) -> QueryResult<i32> {
    let left: Row = fixed_query(
        "SELECT 86400 - floor(extract(epoch FROM (now() AT TIME ZONE 'UTC')::time))::int AS number",
    )
    .fetch_one(&mut conn)
    .await?;
    Ok(left.number)
}

/// Deletes the budgets of days before yesterday, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let old =
        fixed_query("DELETE FROM daily_budgets WHERE day < (now() AT TIME ZONE 'UTC')::date - 1");
    old.execute(&mut conn).await
}
