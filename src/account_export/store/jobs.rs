//! Account exports as jobs: requested, created, and stored for a while.

use std::time::Duration;

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::account_export::types::KEPT_DAYS;
use crate::{
    account_export::types::AccountExport,
    credentials::{Identity, live_user},
    db::{
        FetchOne,
        schema::{account_export_chunks, account_exports},
    },
    jobs::store::seconds,
};

/// The channel that wakes the runners.
pub const NOTIFY_CHANNEL: &str = "account_exports";

/// An export is given up after this many attempts.
const MAX_ATTEMPTS: i32 = 5;

/// An export that is claimed until its lease expires.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClaimedExport {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub claim: Uuid,
    /// How often it was started, including this time.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

impl ClaimedExport {
    /// Whether its workers have died too often for another attempt.
    pub fn is_given_up(&self) -> bool {
        self.attempts > MAX_ATTEMPTS
    }
}

/// How an attempt failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// The server is shutting down: another server can claim the job at once.
    Interrupted,
    /// The database or a disk failed: this does not count as an attempt, and
    /// the job is retried soon.
    Storage,
    /// Any other failure: the job is retried after a pause, which doubles, or it is given up.
    Otherwise,
}

/// Creates an export, unless one is in progress; returns whether one was created.
pub async fn create(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<bool> {
    let Some(user_id): Option<Uuid> = live_user(identity).first(&mut conn).await.optional()? else {
        return Ok(false);
    };
    let finished =
        account_exports::table.find(user_id).filter(account_exports::finished_at.is_not_null());
    diesel::delete(finished).execute(&mut conn).await?;
    let inserted = diesel::insert_into(account_exports::table)
        .values(account_exports::user_id.eq(user_id))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    Ok(inserted == 1)
}

pub async fn notify(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    diesel::sql_query(format!("NOTIFY {NOTIFY_CHANNEL}")).execute(&mut conn).await
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<AccountExport>> {
    account_exports::table
        .filter(account_exports::user_id.eq_any(live_user(identity)))
        .select(AccountExport::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Deletes the export; returns whether there was one.
pub async fn delete(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<bool> {
    let own = account_exports::table.filter(account_exports::user_id.eq_any(live_user(identity)));
    Ok(diesel::delete(own).execute(&mut conn).await? == 1)
}

/// Claims the oldest export that no server works on. It starts from the beginning: the chunks of an
/// earlier attempt are deleted.
pub async fn claim(
    mut conn: &AsyncPgConnection,
    lease: Duration,
) -> QueryResult<Option<ClaimedExport>> {
    diesel::sql_query(
        "WITH claimed AS (
             UPDATE account_exports SET status = 'running', claim = gen_random_uuid(), attempts = attempts + 1, done = 0,
                    leased_until = now() + make_interval(secs => $1)
             WHERE id = (SELECT id FROM account_exports
                         WHERE status = 'waiting' OR (status = 'running' AND leased_until < now())
                         ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, user_id, claim, attempts),
         forgotten AS (DELETE FROM account_export_chunks USING claimed WHERE account_export_id = claimed.id)
         SELECT * FROM claimed",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// Records the progress, and renews the lease; false if the job was taken over or deleted.
pub async fn hold(
    mut conn: &AsyncPgConnection,
    job: &ClaimedExport,
    lease: Duration,
    (found, done): (i64, i64),
) -> QueryResult<bool> {
    let held = diesel::sql_query(
        "UPDATE account_exports SET leased_until = now() + make_interval(secs => $1), found = $2, done = $3
         WHERE id = $4 AND claim = $5 AND status = 'running'",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<BigInt, _>(found)
    .bind::<BigInt, _>(done)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await?;
    Ok(held == 1)
}

/// Adds a chunk of the zip; false if the job was taken over or deleted.
pub async fn add_chunk(
    mut conn: &AsyncPgConnection,
    job: &ClaimedExport,
    number: i32,
    data: &[u8],
) -> QueryResult<bool> {
    let added = diesel::sql_query(
        "INSERT INTO account_export_chunks (account_export_id, number, data)
         SELECT id, $1, $2 FROM account_exports WHERE id = $3 AND claim = $4 AND status = 'running'",
    )
    .bind::<Integer, _>(number)
    .bind::<diesel::sql_types::Bytea, _>(data)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await?;
    Ok(added == 1)
}

pub async fn chunk(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    number: i32,
) -> QueryResult<Option<Vec<u8>>> {
    let found = account_export_chunks::table.find((id, number)).select(account_export_chunks::data);
    found.first(&mut conn).await.optional()
}

/// Marks the export as finished.
pub async fn finish(
    mut conn: &AsyncPgConnection,
    job: &ClaimedExport,
    bytes: i64,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE account_exports SET status = 'done', finished_at = now(), bytes = $1, done = found
         WHERE id = $2 AND claim = $3 AND status = 'running'",
    )
    .bind::<BigInt, _>(bytes)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Releases the job after a failed attempt, or gives it up.
pub async fn put_back(
    mut conn: &AsyncPgConnection,
    job: &ClaimedExport,
    failed: Failed,
) -> QueryResult<usize> {
    let statement = match failed {
        Failed::Interrupted => {
            "UPDATE account_exports SET status = 'waiting', claim = NULL, attempts = greatest(attempts - 1, 0)
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
        Failed::Storage => {
            "UPDATE account_exports SET attempts = greatest(attempts - 1, 0), leased_until = now() + interval '10 seconds'
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
        Failed::Otherwise if job.attempts >= MAX_ATTEMPTS => {
            "WITH failed AS (UPDATE account_exports SET status = 'failed', finished_at = now()
                             WHERE id = $1 AND claim = $2 AND status = 'running' RETURNING id)
             DELETE FROM account_export_chunks USING failed WHERE account_export_id = failed.id"
        }
        Failed::Otherwise => {
            "UPDATE account_exports SET leased_until = now() + make_interval(secs => power(2, attempts))
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
    };
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(job.id)
        .bind::<SqlUuid, _>(job.claim)
        .execute(&mut conn)
        .await
}

/// Deletes exports that can no longer be downloaded.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - KEPT_DAYS.days();
    diesel::delete(
        account_exports::table.filter(account_exports::finished_at.lt(forgotten.nullable())),
    )
    .execute(&mut conn)
    .await
}

/// Seconds for which an export has been waiting for a worker: the longest of all.
pub async fn longest_wait(conn: &AsyncPgConnection) -> QueryResult<f64> {
    let query =
        "SELECT max(now() - CASE status WHEN 'waiting' THEN created_at ELSE leased_until END)
                 FROM account_exports WHERE status IN ('waiting', 'running')";
    seconds(conn, query).await
}
