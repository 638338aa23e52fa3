//! Maintenance of unclaimed messages: expiring, counting and deleting them.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Nullable, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use super::undelivered::{Expired, note_expired};
use crate::db::{fixed_query, schema::outbox};

/// The maximum number of messages that one statement expires.
const EXPIRED_AT_ONCE: i64 = 1000;

/// How long a finished message is kept, in days.
const REMEMBERED_DAYS: i32 = 30;

/// Expires overdue messages, and records for their owners that they were not delivered. Returns the
/// channel of each message.
pub async fn expire(mut conn: &AsyncPgConnection) -> QueryResult<Vec<String>> {
    let mut channels = Vec::new();
    loop {
        // Read the address before the row is finished, which erases it.
        let expired: Vec<Expired> = fixed_query(
            "WITH useless AS (
                SELECT o.id, coalesce(o.recipient, c.destination, u.email) AS sent_to
                FROM outbox o
                LEFT JOIN users u ON u.id = o.user_id
                LEFT JOIN otp_challenges c ON c.id = o.subject_id
                WHERE o.expires_at <= now()
                  AND (o.status = 'queued' OR (o.status = 'sending' AND o.lease_until <= now()))
                LIMIT $1)
             UPDATE outbox o SET status = 'expired', lease_until = NULL, finished_at = now()
             FROM useless
             WHERE o.id = useless.id AND o.expires_at <= now()
               AND (o.status = 'queued' OR (o.status = 'sending' AND o.lease_until <= now()))
             RETURNING o.user_id, o.channel, useless.sent_to",
        )
        .bind::<BigInt, _>(EXPIRED_AT_ONCE)
        .load(&mut conn)
        .await?;
        // A separate statement: a request that has locked an account may wait for rows
        // of the first one.
        note_expired(conn, &expired).await?;
        let ended = i64::try_from(expired.len()).unwrap_or(i64::MAX);
        channels.extend(expired.into_iter().map(|message| message.channel));
        if ended < EXPIRED_AT_ONCE {
            return Ok(channels);
        }
    }
}

/// The number of unfinished messages by channel and status, with the age of the oldest in seconds.
pub async fn depth(mut conn: &AsyncPgConnection) -> QueryResult<Vec<Depth>> {
    diesel::sql_query(
        "SELECT channel, status, count(*) AS messages,
                extract(epoch FROM now() - min(created_at))::float8 AS oldest_seconds
         FROM outbox WHERE status IN ('queued', 'sending') GROUP BY channel, status",
    )
    .load(&mut conn)
    .await
}

/// The undelivered messages of the last day by reason, most frequent first. Expired webhook events
/// are excluded, because those are the receiver's fault.
pub async fn recently_lost(mut conn: &AsyncPgConnection) -> QueryResult<Vec<Lost>> {
    diesel::sql_query(
        "SELECT channel, status, last_error_class AS class, last_error_code AS code, count(*) AS messages
         FROM outbox
         WHERE finished_at > now() - interval '1 day'
           AND (status = 'dead' OR (status = 'expired' AND channel <> 'webhook'))
         GROUP BY channel, status, class, code ORDER BY messages DESC, channel, class, code",
    )
    .load(&mut conn)
    .await
}

/// A row of [`recently_lost`].
#[derive(QueryableByName, Serialize)]
pub struct Lost {
    #[diesel(sql_type = Text)]
    pub channel: String,
    /// `dead` or `expired`.
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = Nullable<Text>)]
    pub class: Option<String>,
    #[diesel(sql_type = Nullable<Text>)]
    pub code: Option<String>,
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
}

/// A row of [`depth`].
#[derive(QueryableByName, Serialize)]
pub struct Depth {
    #[diesel(sql_type = Text)]
    pub channel: String,
    #[diesel(sql_type = Text)]
    pub status: String,
    #[diesel(sql_type = BigInt)]
    pub messages: i64,
    #[diesel(sql_type = Double)]
    pub oldest_seconds: f64,
}

/// Deletes old finished messages, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - REMEMBERED_DAYS.days();
    diesel::delete(outbox::table.filter(outbox::finished_at.lt(forgotten.nullable())))
        .execute(&mut conn)
        .await
}
