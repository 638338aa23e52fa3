//! Claims of connections: one server at a time works on a connection, until its lease expires.

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use diesel::{
    prelude::*,
    sql_types::{Bool, Bytea, Date, Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::SealedTokens;
use crate::{db::FetchOne, integrations::garmin::provider::Cursor};

/// A connection that is claimed until its lease expires.
#[derive(Debug, QueryableByName)]
pub struct ClaimedConnection {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    /// `None` if the connection has no owner any more: Garmin has to be notified of its end.
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub user_id: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub mode: String,
    #[diesel(sql_type = SqlUuid)]
    pub claim: Uuid,
    /// How often work was started since the last success, including this time.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// Whether the last worker neither finished nor released it.
    #[diesel(sql_type = Bool)]
    pub was_abandoned: bool,
    #[diesel(sql_type = Bytea)]
    pub credential: Vec<u8>,
    #[diesel(sql_type = Nullable<Bytea>)]
    pub access_token: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub access_expires_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Text)]
    pub token_key_id: String,
    /// Whether the last weeks are due to be scanned.
    #[diesel(sql_type = Bool)]
    pub is_due: bool,
    #[diesel(sql_type = Nullable<Date>)]
    pub history_before: Option<NaiveDate>,
    #[diesel(sql_type = Integer)]
    pub history_offset: i32,
}

/// Claims the connection that has work to do and was worked on the longest ago.
pub async fn claim(
    mut conn: &AsyncPgConnection,
    lease: Duration,
) -> QueryResult<Option<ClaimedConnection>> {
    diesel::sql_query(
        "UPDATE garmin_connections c SET claim = gen_random_uuid(), attempts = attempts + 1, worked_at = now(),
                leased_until = now() + make_interval(secs => $1)
         FROM (SELECT id AS next, leased_until IS NOT NULL AS was_abandoned FROM garmin_connections d
                     WHERE (leased_until IS NULL OR leased_until < now()) AND paused_until <= now()
                       AND (user_id IS NULL
                            OR NOT needs_reauth
                               AND (next_sync_at <= now() OR history_done_at IS NULL
                                    OR EXISTS (SELECT FROM garmin_events e
                                            WHERE e.connection_id = d.id AND e.due_at <= now())))
                     ORDER BY worked_at NULLS FIRST LIMIT 1 FOR UPDATE SKIP LOCKED) n
         WHERE id = next
         RETURNING id, user_id, mode, claim, attempts, was_abandoned, credential, access_token, access_expires_at,
                   token_key_id, next_sync_at <= now() AS is_due, history_before, history_offset",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// Renews the lease; false if this job has lost its claim. Locks the connection
/// until the transaction ends.
pub async fn hold(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
    lease: Duration,
) -> QueryResult<bool> {
    let held = diesel::sql_query(
        "UPDATE garmin_connections SET leased_until = now() + make_interval(secs => $1)
         WHERE id = $2 AND claim = $3",
    )
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await?;
    Ok(held == 1)
}

/// Stores tokens in one step; false if this job has lost its claim.
pub async fn keep_tokens(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
    tokens: &SealedTokens,
) -> QueryResult<bool> {
    use crate::db::schema::garmin_connections as c;
    let ours = c::table.find(job.id).filter(c::claim.eq(job.claim));
    Ok(diesel::update(ours).set(tokens).execute(&mut conn).await? == 1)
}

/// Records that the last weeks were scanned. They are due again after `every`.
pub async fn end_scan(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
    every: Duration,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE garmin_connections SET next_sync_at = now() + make_interval(secs => $1), denied_at = '{}'
         WHERE id = $2 AND claim = $3",
    )
    .bind::<Double, _>(every.as_secs_f64())
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Records how far back the log has been read; `None` if all of it was.
pub async fn advance_history(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
    next: Option<Cursor>,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE garmin_connections SET history_before = coalesce($1, history_before), history_offset = $2,
                history_done_at = CASE WHEN $1 IS NULL THEN now() END, denied_at = '{}'
         WHERE id = $3 AND claim = $4",
    )
    .bind::<Nullable<Date>, _>(next.map(|next| next.before))
    .bind::<Integer, _>(next.map_or(0, |next| i32::try_from(next.offset).unwrap_or(i32::MAX)))
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Releases a connection after a success, to be claimed again at once. False if this job has lost
/// its claim, or if Garmin has ended the connection meanwhile: that error must not be cleared.
pub async fn end_well(mut conn: &AsyncPgConnection, job: &ClaimedConnection) -> QueryResult<bool> {
    let ended = diesel::sql_query(
        "UPDATE garmin_connections SET claim = NULL, leased_until = NULL, attempts = 0, last_success_at = now(),
                last_error_at = NULL, last_error_code = NULL, last_error_message = NULL
         WHERE id = $1 AND claim = $2 AND NOT needs_reauth",
    )
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await?;
    Ok(ended == 1)
}

/// Releases a connection. This does not count as an attempt.
pub async fn give_back(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
) -> QueryResult<usize> {
    diesel::sql_query(
        "UPDATE garmin_connections SET claim = NULL, leased_until = NULL, attempts = greatest(attempts - 1, 0)
         WHERE id = $1 AND claim = $2",
    )
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .execute(&mut conn)
    .await
}

/// Records that Garmin denied something. Returns how often it did within an hour, including this
/// time, since it last did not; 0 if this job has lost its claim.
pub async fn deny(mut conn: &AsyncPgConnection, job: &ClaimedConnection) -> QueryResult<i32> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        denials: i32,
    }
    let row: Option<Row> = diesel::sql_query(
        "UPDATE garmin_connections
         SET denied_at = now() || ARRAY(SELECT at FROM unnest(denied_at) at WHERE at > now() - interval '1 hour')
         WHERE id = $1 AND claim = $2
         RETURNING cardinality(denied_at) AS denials",
    )
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(row.map_or(0, |row| row.denials))
}

/// What went wrong, and its consequences.
pub struct Failure<'a> {
    pub code: &'a str,
    pub message: &'a str,
    pub pause: Duration,
    pub needs_reauth: bool,
    /// False if our own database or disk failed.
    pub is_attempt: bool,
}

/// Releases a connection after a failure; false as for [`end_well`].
pub async fn end_badly(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
    failure: &Failure<'_>,
) -> QueryResult<bool> {
    let ended = diesel::sql_query(
        "UPDATE garmin_connections SET claim = NULL, leased_until = NULL, needs_reauth = $1,
                paused_until = now() + make_interval(secs => $2),
                last_error_at = now(), last_error_code = $3, last_error_message = $4,
                attempts = CASE WHEN $7 THEN attempts ELSE greatest(attempts - 1, 0) END
         WHERE id = $5 AND claim = $6 AND (user_id IS NULL OR NOT needs_reauth)",
    )
    .bind::<Bool, _>(failure.needs_reauth)
    .bind::<Double, _>(failure.pause.as_secs_f64())
    .bind::<Text, _>(failure.code)
    .bind::<Text, _>(failure.message)
    .bind::<SqlUuid, _>(job.id)
    .bind::<SqlUuid, _>(job.claim)
    .bind::<Bool, _>(failure.is_attempt)
    .execute(&mut conn)
    .await?;
    Ok(ended == 1)
}

/// Deletes a connection without an owner.
pub async fn delete_disowned(
    mut conn: &AsyncPgConnection,
    job: &ClaimedConnection,
) -> QueryResult<usize> {
    diesel::sql_query("DELETE FROM garmin_connections WHERE id = $1 AND claim = $2")
        .bind::<SqlUuid, _>(job.id)
        .bind::<SqlUuid, _>(job.claim)
        .execute(&mut conn)
        .await
}
