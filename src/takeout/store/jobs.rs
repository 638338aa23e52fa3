//! Takeouts as jobs: asked for, made, kept for a while.

use std::time::Duration;

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::takeout::types::KEPT_DAYS;
use crate::{
    credentials::{Identity, live_user},
    db::{
        FetchOne,
        schema::{takeout_chunks, takeouts},
    },
    jobs::store::seconds,
    takeout::types::Takeout,
};

/// What wakes those who make them.
pub const NOTIFY_CHANNEL: &str = "takeouts";

/// One that failed so often is given up.
const MAX_ATTEMPTS: i32 = 5;

/// A takeout that is somebody's to make until its lease ends.
#[derive(Clone, Debug, QueryableByName)]
pub struct Claimed {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub claim: Uuid,
    /// This time included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

impl Claimed {
    /// Whether those that made it before died so often that nobody is to try again.
    pub fn is_given_up(&self) -> bool {
        self.attempts > MAX_ATTEMPTS
    }
}

/// How an attempt ended that made nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failed {
    /// By a stop: another server takes it at once.
    Interrupted,
    /// By the database or a disk: this was no attempt, and it is tried again soon.
    Storage,
    /// It is tried again after a pause, which doubles; or given up.
    Otherwise,
}

/// A new one, unless one is being made; whether there is a new one.
pub async fn create(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<bool> {
    let Some(user_id): Option<Uuid> = live_user(identity).first(&mut conn).await.optional()? else {
        return Ok(false);
    };
    let finished = takeouts::table.find(user_id).filter(takeouts::finished_at.is_not_null());
    diesel::delete(finished).execute(&mut conn).await?;
    let inserted = diesel::insert_into(takeouts::table)
        .values(takeouts::user_id.eq(user_id))
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
) -> QueryResult<Option<Takeout>> {
    takeouts::table
        .filter(takeouts::user_id.eq_any(live_user(identity)))
        .select(Takeout::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Whether there was one.
pub async fn delete(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<bool> {
    let own = takeouts::table.filter(takeouts::user_id.eq_any(live_user(identity)));
    Ok(diesel::delete(own).execute(&mut conn).await? == 1)
}

/// The oldest that nobody makes. It begins anew: what was made of it before is forgotten.
pub async fn claim(mut conn: &AsyncPgConnection, lease: Duration) -> QueryResult<Option<Claimed>> {
    diesel::sql_query(
        "WITH claimed AS (
             UPDATE takeouts SET status = 'running', claim = gen_random_uuid(), attempts = attempts + 1, done = 0,
                    leased_until = now() + make_interval(secs => $1)
             WHERE id = (SELECT id FROM takeouts
                         WHERE status = 'waiting' OR (status = 'running' AND leased_until < now())
                         ORDER BY created_at LIMIT 1 FOR UPDATE SKIP LOCKED)
             RETURNING id, user_id, claim, attempts),
         forgotten AS (DELETE FROM takeout_chunks USING claimed WHERE takeout_id = claimed.id)
         SELECT * FROM claimed",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// How far it is, and ours for another lease; false when it is somebody else's by now, or gone.
pub async fn hold(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    lease: Duration,
    (found, done): (i64, i64),
) -> QueryResult<bool> {
    let held = diesel::sql_query(
        "UPDATE takeouts SET leased_until = now() + make_interval(secs => $1), found = $2, done = $3
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

/// A piece of the zip, from whoever still has the job.
pub async fn add_chunk(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    number: i32,
    data: &[u8],
) -> QueryResult<bool> {
    let added = diesel::sql_query(
        "INSERT INTO takeout_chunks (takeout_id, number, data)
         SELECT id, $1, $2 FROM takeouts WHERE id = $3 AND claim = $4 AND status = 'running'",
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
    let found = takeout_chunks::table.find((id, number)).select(takeout_chunks::data);
    found.first(&mut conn).await.optional()
}

/// All of it is made.
pub async fn finish(mut conn: &AsyncPgConnection, job: &Claimed, bytes: i64) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE takeouts SET status = 'done', finished_at = now(), bytes = $1, done = found
         WHERE id = $2 AND claim = $3 AND status = 'running'",
    )
    .bind::<BigInt, _>(bytes)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// For the next one, unless it is given up.
pub async fn put_back(
    mut conn: &AsyncPgConnection,
    job: &Claimed,
    failed: Failed,
) -> QueryResult<usize> {
    let statement = match failed {
        Failed::Interrupted => {
            "UPDATE takeouts SET status = 'waiting', claim = NULL, attempts = greatest(attempts - 1, 0)
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
        Failed::Storage => {
            "UPDATE takeouts SET attempts = greatest(attempts - 1, 0), leased_until = now() + interval '10 seconds'
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
        Failed::Otherwise if job.attempts >= MAX_ATTEMPTS => {
            "WITH failed AS (UPDATE takeouts SET status = 'failed', finished_at = now()
                             WHERE id = $1 AND claim = $2 AND status = 'running' RETURNING id)
             DELETE FROM takeout_chunks USING failed WHERE takeout_id = failed.id"
        }
        Failed::Otherwise => {
            "UPDATE takeouts SET leased_until = now() + make_interval(secs => power(2, attempts))
             WHERE id = $1 AND claim = $2 AND status = 'running'"
        }
    };
    diesel::sql_query(statement)
        .bind::<SqlUuid, _>(job.id)
        .bind::<SqlUuid, _>(job.claim)
        .execute(&mut conn)
        .await
}

/// Forgets those that nobody can download any more.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - KEPT_DAYS.days();
    diesel::delete(takeouts::table.filter(takeouts::finished_at.lt(forgotten.nullable())))
        .execute(&mut conn)
        .await
}

/// Seconds that the one which waits longest has waited for somebody to make it.
pub async fn longest_wait(conn: &AsyncPgConnection) -> QueryResult<f64> {
    let query =
        "SELECT max(now() - CASE status WHEN 'waiting' THEN created_at ELSE leased_until END)
                 FROM takeouts WHERE status IN ('waiting', 'running')";
    seconds(conn, query).await
}
