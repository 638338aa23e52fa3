//! The statements of limits.

use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Array, Binary, Integer},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Key, Limit, MOST_IN_A_ROW};
use crate::db::{FetchOne, fixed_query, schema::failure_runs};

/// The longest window of any limit, in hours: what is older counts for nothing.
const LONGEST_WINDOW_HOURS: i32 = 24;

/// Counts one more for `key`, unless that is more than `limit`; how many there are then. The row's lock
/// makes it exact, however many ask at once.
pub async fn take(
    mut conn: &AsyncPgConnection,
    key: &[u8],
    limit: Limit,
) -> QueryResult<Option<i32>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        taken: i32,
    }
    let row: Option<Row> = fixed_query(
        "INSERT INTO throttles AS t (key, taken) VALUES ($1, ARRAY[now()])
         ON CONFLICT (key) DO UPDATE SET taken = now() ||
             ARRAY(SELECT at FROM unnest(t.taken) at WHERE at > now() - make_interval(mins => $3))
         WHERE (SELECT count(*) FROM unnest(t.taken) at WHERE at > now() - make_interval(mins => $3)) < $2
         RETURNING cardinality(taken) AS taken",
    )
    .bind::<Binary, _>(key)
    .bind::<Integer, _>(limit.times)
    .bind::<Integer, _>(limit.minutes)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(row.map(|row| row.taken))
}

/// Counts one more for `key`, unless that is more than any of `limits`: false then. Kept for as
/// long as the longest of them counts.
pub async fn take_all(
    mut conn: &AsyncPgConnection,
    key: &[u8],
    limits: &[Limit],
) -> QueryResult<bool> {
    let (times, minutes): (Vec<i32>, Vec<i32>) =
        limits.iter().map(|limit| (limit.times, limit.minutes)).unzip();
    let taken = fixed_query(
        "INSERT INTO throttles AS t (key, taken) VALUES ($1, ARRAY[now()])
         ON CONFLICT (key) DO UPDATE SET taken = now() ||
             ARRAY(SELECT at FROM unnest(t.taken) at
                   WHERE at > now() - make_interval(mins => (SELECT max(m) FROM unnest($3) m)))
         WHERE NOT EXISTS (
             SELECT FROM unnest($2, $3) AS l (times, minutes)
             WHERE (SELECT count(*) FROM unnest(t.taken) at
                    WHERE at > now() - make_interval(mins => l.minutes)) >= l.times)",
    )
    .bind::<Binary, _>(key)
    .bind::<Array<Integer>, _>(times)
    .bind::<Array<Integer>, _>(minutes);
    Ok(taken.execute(&mut conn).await? == 1)
}

/// Seconds until the oldest that still counts no longer does.
pub async fn seconds_until_free(
    mut conn: &AsyncPgConnection,
    key: &[u8],
    limit: Limit,
) -> QueryResult<i32> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        seconds: i32,
    }
    let row: Option<Row> = diesel::sql_query(
        "SELECT ceil(extract(epoch FROM at + make_interval(mins => $3) - now()))::int AS seconds
         FROM throttles, unnest(taken) at
         WHERE key = $1 AND at > now() - make_interval(mins => $3)
         ORDER BY at DESC OFFSET $2 - 1 LIMIT 1",
    )
    .bind::<Binary, _>(key)
    .bind::<Integer, _>(limit.times)
    .bind::<Integer, _>(limit.minutes)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(row.map_or(0, |row| row.seconds))
}

/// Counts one more failure in a row for `key`. False when there have been [`MOST_IN_A_ROW`]: the
/// caller must not compare anything then.
pub async fn extend_run(mut conn: &AsyncPgConnection, key: &[u8]) -> QueryResult<bool> {
    let extended = diesel::sql_query(
        "INSERT INTO failure_runs AS r (key, failures) VALUES ($1, 1)
         ON CONFLICT (key) DO UPDATE SET failures = r.failures + 1, last_at = now()
         WHERE r.failures < $2",
    )
    .bind::<Binary, _>(key)
    .bind::<Integer, _>(MOST_IN_A_ROW)
    .execute(&mut conn)
    .await?;
    Ok(extended == 1)
}

/// Whether there have been [`MOST_IN_A_ROW`] failures for `key`.
pub async fn is_run_over(mut conn: &AsyncPgConnection, key: &[u8]) -> QueryResult<bool> {
    let over = failure_runs::table.find(key).filter(failure_runs::failures.ge(MOST_IN_A_ROW));
    diesel::select(exists(over)).fetch_one(&mut conn).await
}

/// Forgets the failures under `keys`, within windows and in a row: what was tried has succeeded.
/// Rows are locked in the order in which attempts lock them, so that there is no deadlock.
pub async fn forgive(mut conn: &AsyncPgConnection, keys: &[Key]) -> QueryResult<()> {
    let keys: Vec<&[u8]> = keys.iter().map(AsRef::as_ref).collect();
    for table in ["throttles", "failure_runs"] {
        diesel::sql_query(format!(
            "WITH forgiven AS (SELECT key FROM {table} WHERE key = ANY($1)
                               ORDER BY array_position($1, key) FOR UPDATE)
             DELETE FROM {table} t USING forgiven WHERE t.key = forgiven.key"
        ))
        .bind::<Array<Binary>, _>(&keys)
        .execute(&mut conn)
        .await?;
    }
    Ok(())
}

/// Forgets what no longer counts; how many keys. Runs that have closed something stay for a year.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let windows = diesel::sql_query(
        "DELETE FROM throttles WHERE NOT EXISTS
             (SELECT FROM unnest(taken) at WHERE at > now() - make_interval(hours => $1))",
    )
    .bind::<Integer, _>(LONGEST_WINDOW_HOURS)
    .execute(&mut conn)
    .await?;
    let runs = diesel::sql_query(
        "DELETE FROM failure_runs
         WHERE last_at < now() - CASE WHEN failures < $1 THEN interval '30 days' ELSE interval '1 year' END",
    )
    .bind::<Integer, _>(MOST_IN_A_ROW)
    .execute(&mut conn)
    .await?;
    Ok(windows + runs)
}
