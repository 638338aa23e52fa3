//! Claims of imports: one server at a time works on an import, until its lease expires.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::count,
    prelude::*,
    sql_types::{
        BigInt, Bool, Double, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid as SqlUuid,
    },
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::UploadDetails,
    db::{FetchOne, JsonText, fixed_query, schema::imports},
    imports::types::Status,
    jobs::store::seconds,
};

/// A job that is claimed until its lease expires.
#[derive(Clone, Debug, QueryableByName)]
pub struct ClaimedImport {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub claim: Uuid,
    /// Uploaded bytes.
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
    /// How often the job was started since the last finished file, including this time.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// Whether it may restore an account: it was created with a login, or by the operator.
    #[diesel(sql_type = Bool)]
    pub may_restore: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    /// What the client says about the first activity.
    #[diesel(sql_type = Nullable<Jsonb>)]
    details: Option<JsonText>,
}

impl ClaimedImport {
    /// What the client says about the first activity, if anything.
    pub fn details(&self) -> Option<UploadDetails> {
        serde_json::from_str(self.details.as_ref()?.as_str()).ok()
    }
}

/// Claims the next job with at most `max_bytes`: the oldest job of the user whose last job was
/// claimed the longest ago.
pub async fn claim(
    mut conn: &AsyncPgConnection,
    lease: Duration,
    max_bytes: i64,
) -> QueryResult<Option<ClaimedImport>> {
    diesel::sql_query(
        "UPDATE imports SET status = 'running', claim = gen_random_uuid(), attempts = attempts + 1,
                started_at = coalesce(started_at, now()), claimed_at = clock_timestamp(),
                leased_until = now() + make_interval(secs => $1)
         WHERE id = (SELECT id FROM imports i
                     WHERE status IN ('waiting', 'running') AND coalesce(leased_until < now(), true)
                       AND bytes <= $2
                     ORDER BY (SELECT max(o.claimed_at) FROM imports o WHERE o.user_id = i.user_id) NULLS FIRST,
                              created_at
                     LIMIT 1 FOR UPDATE OF i SKIP LOCKED)
         RETURNING id, user_id, claim, bytes, attempts, may_restore, created_at, details",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<BigInt, _>(max_bytes)
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// Starts a job that has been received completely, for the process that received it.
pub async fn start_own(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    bytes: i64,
    lease: Duration,
) -> QueryResult<ClaimedImport> {
    diesel::sql_query(
        "UPDATE imports SET status = 'running', claim = gen_random_uuid(), attempts = 1, started_at = now(),
                leased_until = now() + make_interval(secs => $1),
                bytes = $2
         WHERE id = $3 RETURNING id, user_id, claim, bytes, attempts, may_restore, created_at, details",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<BigInt, _>(bytes)
    .bind::<SqlUuid, _>(id)
    .fetch_one(&mut conn)
    .await
}

/// Records that the first `done` files have their outcomes, and renews the lease. False if the job
/// was cancelled or taken over. Locks the job until the transaction ends, so that a cancellation
/// waits for the file that is being finished.
pub async fn hold(
    mut conn: &AsyncPgConnection,
    job: &ClaimedImport,
    lease: Duration,
    done: i32,
) -> QueryResult<bool> {
    let held = fixed_query(
        "UPDATE imports SET leased_until = now() + make_interval(secs => $1), attempts = 0, done = $2,
                progressed_at = now()
         WHERE id = $3 AND claim = $4 AND status = 'running'",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<Integer, _>(done)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await?;
    Ok(held == 1)
}

/// Records how many files there are and how many of them are not activities, and renews the lease.
/// False as for [`hold`].
pub async fn found(
    mut conn: &AsyncPgConnection,
    job: &ClaimedImport,
    lease: Duration,
    (found, ignored): (i32, i32),
    ignored_files: Option<&str>,
) -> QueryResult<bool> {
    let held = fixed_query(
        "UPDATE imports SET found = $1, ignored = $2, ignored_files = coalesce($6::jsonb, ignored_files),
                leased_until = now() + make_interval(secs => $3)
         WHERE id = $4 AND claim = $5 AND status = 'running'",
    )
    .bind::<Integer, _>(found)
    .bind::<Integer, _>(ignored)
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .bind::<Nullable<Text>, _>(ignored_files)
    .execute(&mut conn)
    .await?;
    Ok(held == 1)
}

/// Releases a job, to be claimed again after `pause`. This does not count as an attempt.
pub async fn give_back(
    mut conn: &AsyncPgConnection,
    job: &ClaimedImport,
    pause: Duration,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE imports SET status = 'waiting', claim = NULL, attempts = greatest(attempts - 1, 0),
                leased_until = now() + make_interval(secs => $1)
         WHERE id = $2 AND claim = $3 AND status = 'running'",
    )
    .bind::<Double, _>(pause.as_secs_f64())
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Delays a job after a failed attempt, until it can be claimed again. The pause
/// doubles, up to a minute.
pub async fn postpone(mut conn: &AsyncPgConnection, job: &ClaimedImport) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE imports SET leased_until = now() + make_interval(secs => least(power(2, attempts), 60))
         WHERE id = $1 AND claim = $2 AND status = 'running'",
    )
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Finishes a job, and deletes its upload. Originals are stored elsewhere.
pub async fn finish(
    mut conn: &AsyncPgConnection,
    job: &ClaimedImport,
    status: Status,
    why: Option<(&str, &str)>,
) -> QueryResult<usize> {
    diesel::sql_query(
        "WITH ended AS (
             UPDATE imports SET status = $1, finished_at = now(), code = $2, message = $3
             WHERE id = $4 AND claim = $5 AND status = 'running' RETURNING id)
         DELETE FROM import_parts USING ended WHERE import_id = ended.id",
    )
    .bind::<Text, _>(status.to_string())
    .bind::<Nullable<Text>, _>(why.map(|(code, _)| code))
    .bind::<Nullable<Text>, _>(why.map(|(_, message)| message))
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Seconds since the last outcome of the job that has been without one the longest: no server works
/// on it, or its files cannot be stored.
pub async fn longest_wait(conn: &AsyncPgConnection) -> QueryResult<f64> {
    let query =
        "SELECT max(now() - progressed_at) FROM imports WHERE status IN ('waiting', 'running')";
    seconds(conn, query).await
}

/// The numbers of waiting and of running jobs.
pub async fn unfinished(mut conn: &AsyncPgConnection) -> QueryResult<(i64, i64)> {
    let is = |status: Status| imports::status.eq(status.to_string());
    imports::table
        .filter(is(Status::Waiting).or(is(Status::Running)))
        .select((
            count(imports::id).aggregate_filter(is(Status::Waiting)),
            count(imports::id).aggregate_filter(is(Status::Running)),
        ))
        .first(&mut conn)
        .await
}
