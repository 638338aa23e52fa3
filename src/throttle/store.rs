//! SQL statements about limits.

use diesel::{
    dsl::exists,
    prelude::*,
    sql_types::{Array, Binary, Integer},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::{Key, Limit, MOST_IN_A_ROW};
use crate::db::{FetchOne, fixed_query, schema::failure_runs};

/// The longest window of any limit, in hours. Older entries can be deleted.
const LONGEST_WINDOW_HOURS: i32 = 24;

/// Takes one unit of `limit` for `key` and returns how many are taken now. `None` if the limit is
/// reached. The row lock makes this exact under concurrency.
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

/// Takes one unit of all `limits` for `key`. False if one of them is reached. Units are kept as
/// long as the longest window.
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

/// Seconds until a unit is free, because the oldest one that counts leaves the window.
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

/// Counts a consecutive failure for `key`. False after [`MOST_IN_A_ROW`]: then the caller must not
/// compare anything.
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

/// Whether `key` has reached [`MOST_IN_A_ROW`] failures.
pub async fn is_run_over(mut conn: &AsyncPgConnection, key: &[u8]) -> QueryResult<bool> {
    let over = failure_runs::table.find(key).filter(failure_runs::failures.ge(MOST_IN_A_ROW));
    diesel::select(exists(over)).fetch_one(&mut conn).await
}

/// Resets the counters under `keys`, both windows and consecutive failures, after a success. Locks
/// the rows in the same order as attempts do, to avoid deadlocks.
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

/// Deletes what no longer counts, and returns the number of keys. Counters of consecutive failures
/// that have reached the limit are kept for a year.
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
