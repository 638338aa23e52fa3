//! What nobody claims: ending, counting and forgetting messages.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;

use crate::db::{FetchOne, schema::outbox};

/// How long a message that is over is remembered, in days.
const REMEMBERED_DAYS: i32 = 30;

/// Ends what can no longer be of use; how many.
pub async fn expire(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let useless = outbox::table.filter(outbox::expires_at.le(now)).filter(
        outbox::status
            .eq("queued")
            .or(outbox::status.eq("sending").and(outbox::lease_until.le(now))),
    );
    diesel::update(useless)
        .set((
            outbox::status.eq("expired"),
            outbox::lease_until.eq(None::<chrono::DateTime<chrono::Utc>>),
            outbox::finished_at.eq(now),
        ))
        .execute(&mut conn)
        .await
}

/// Pending messages by channel and status, with the age of the oldest in seconds.
pub async fn depth(mut conn: &AsyncPgConnection) -> QueryResult<Vec<Depth>> {
    diesel::sql_query(
        "SELECT channel, status, count(*) AS messages,
                extract(epoch FROM now() - min(created_at))::float8 AS oldest_seconds
         FROM outbox WHERE status IN ('queued', 'sending') GROUP BY channel, status",
    )
    .load(&mut conn)
    .await
}

/// Messages given up within the last day.
pub async fn recently_dead(mut conn: &AsyncPgConnection) -> QueryResult<i64> {
    outbox::table
        .filter(outbox::status.eq("dead"))
        .filter(outbox::finished_at.gt((now.into_sql::<Timestamptz>() - 1.day()).nullable()))
        .count()
        .fetch_one(&mut conn)
        .await
}

/// One line of [`depth`].
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

/// Forgets what was over long ago; how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - REMEMBERED_DAYS.days();
    diesel::delete(outbox::table.filter(outbox::finished_at.lt(forgotten.nullable())))
        .execute(&mut conn)
        .await
}
