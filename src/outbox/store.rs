//! The outbox's statements. The database's clock alone decides what is due, leased or expired.

use std::time::Duration;

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{BigInt, Double, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Channel, Message};
use crate::db::schema::{outbox, users};

/// The channel of LISTEN and NOTIFY.
pub const NOTIFY_CHANNEL: &str = "outbox";

/// A claimed message: an id, and the fence that only this claim may complete it with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, QueryableByName)]
pub struct Claim {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = BigInt)]
    pub fence: i64,
}

/// A claimed message with what is needed to send it.
#[derive(Queryable)]
pub struct Claimed {
    pub kind: String,
    pub user_id: Uuid,
    pub subject_id: Uuid,
    pub attempts: i32,
    pub recipient: String,
    /// Whether enough of its life is left for it to be of use.
    pub is_useful: bool,
}

/// How a claim ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Completion {
    Sent {
        provider_id: Option<String>,
    },
    /// To be tried again after a pause.
    Retry {
        pause: Duration,
        class: &'static str,
        code: Option<String>,
    },
    Dead {
        class: &'static str,
        code: Option<String>,
    },
    Expired,
    Cancelled,
}

/// Enqueues in the caller's transaction; queued messages of the same key are cancelled.
pub async fn enqueue(mut conn: &AsyncPgConnection, message: &Message) -> QueryResult<()> {
    let superseded = outbox::table
        .filter(outbox::supersede_key.eq(&message.supersede_key))
        .filter(outbox::status.eq("queued"));
    diesel::update(superseded)
        .set((outbox::status.eq("cancelled"), outbox::finished_at.eq(now)))
        .execute(&mut conn)
        .await?;
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq(message.kind.to_string()),
            outbox::channel.eq(message.channel.to_string()),
            outbox::user_id.eq(message.user_id),
            outbox::subject_id.eq(message.subject_id),
            outbox::supersede_key.eq(&message.supersede_key),
            outbox::priority.eq(message.priority),
            outbox::expires_at.eq(now.into_sql::<Timestamptz>() + message.life_hours.hours()),
        ))
        .execute(&mut conn)
        .await?;
    // Heard when the transaction commits, and never if it does not.
    diesel::sql_query(format!("NOTIFY {NOTIFY_CHANNEL}")).execute(&mut conn).await.map(drop)
}

/// Claims up to `limit` messages that are due or whose lease has run out.
pub async fn claim(
    mut conn: &AsyncPgConnection,
    channel: Channel,
    limit: usize,
    lease: Duration,
) -> QueryResult<Vec<Claim>> {
    // Written as SQL because this is the statement that everything rests on, to be read as it runs.
    diesel::sql_query(
        "UPDATE outbox SET status = 'sending', attempts = attempts + 1, fence = fence + 1,
                lease_until = now() + make_interval(secs => $3)
         WHERE id IN (
             SELECT id FROM outbox
             WHERE channel = $1
               AND ((status = 'queued' AND not_before <= now()) OR (status = 'sending' AND lease_until <= now()))
               AND expires_at > now()
             ORDER BY priority, not_before
             LIMIT $2
             FOR UPDATE SKIP LOCKED)
         RETURNING id, fence",
    )
    .bind::<Text, _>(channel.to_string())
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind::<Double, _>(lease.as_secs_f64())
    .load(&mut conn)
    .await
}

/// The message of a claim, unless the claim was lost.
pub async fn load(
    mut conn: &AsyncPgConnection,
    claim: Claim,
    min_life: Duration,
) -> QueryResult<Option<Claimed>> {
    let useful_until = now.into_sql::<Timestamptz>() + interval(min_life);
    outbox::table
        .inner_join(users::table)
        .filter(outbox::id.eq(claim.id))
        .filter(outbox::fence.eq(claim.fence))
        .filter(outbox::status.eq("sending"))
        .select((
            outbox::kind,
            outbox::user_id,
            outbox::subject_id,
            outbox::attempts,
            users::email,
            outbox::expires_at.gt(useful_until),
        ))
        .first(&mut conn)
        .await
        .optional()
}

/// Ends a claim; false when it was lost to somebody else meanwhile. For a sent message the
/// seconds since it was enqueued come back.
pub async fn complete(
    mut conn: &AsyncPgConnection,
    claim: Claim,
    completion: &Completion,
) -> QueryResult<Option<f64>> {
    let (status, pause, class, code, provider_id) = match completion {
        Completion::Sent { provider_id } => ("sent", None, None, None, provider_id.clone()),
        Completion::Retry { pause, class, code } => {
            ("queued", Some(*pause), Some(*class), code.clone(), None)
        }
        Completion::Dead { class, code } => ("dead", None, Some(*class), code.clone(), None),
        Completion::Expired => ("expired", None, None, None, None),
        Completion::Cancelled => ("cancelled", None, None, None, None),
    };
    let not_before =
        pause.map(|pause| outbox::not_before.eq(now.into_sql::<Timestamptz>() + interval(pause)));
    let finished_at = pause.is_none().then(|| outbox::finished_at.eq(now));
    let claimed = outbox::table
        .filter(outbox::id.eq(claim.id))
        .filter(outbox::fence.eq(claim.fence))
        .filter(outbox::status.eq("sending"));
    diesel::update(claimed)
        .set((
            outbox::status.eq(status),
            outbox::lease_until.eq(None::<chrono::DateTime<chrono::Utc>>),
            class.map(|class| outbox::last_error_class.eq(class)),
            code.map(|code| outbox::last_error_code.eq(code)),
            provider_id.map(|id| outbox::provider_id.eq(id)),
            not_before,
            finished_at,
        ))
        .returning(diesel::dsl::sql::<Double>("extract(epoch FROM now() - created_at)::float8"))
        .get_result(&mut conn)
        .await
        .optional()
}

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

/// One line of [`depth`].
#[derive(QueryableByName)]
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

fn interval(duration: Duration) -> diesel::pg::data_types::PgInterval {
    let microseconds = i64::try_from(duration.as_micros()).unwrap_or(i64::MAX);
    diesel::pg::data_types::PgInterval::from_microseconds(microseconds)
}
