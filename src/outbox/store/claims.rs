//! Claims on messages, with leases and fencing tokens. The database's clock alone decides what is
//! due, leased or expired.

use std::time::Duration;

use diesel::{
    dsl::now,
    prelude::*,
    sql_types::{Array, BigInt, Double, Nullable, Text, Timestamptz, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    db::{
        FixedSql, fixed_query,
        schema::{otp_challenges, outbox, users},
    },
    outbox::{Channel, MessageKind},
};

/// A claim on a message. Only the holder of the current fence may complete the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claim {
    pub id: Uuid,
    pub fence: i64,
    pub kind: MessageKind,
}

/// The data of a claimed message that is needed to send it.
#[derive(Queryable)]
pub struct Claimed {
    pub subject_id: Uuid,
    pub channel: String,
    pub attempts: i32,
    /// The number of earlier attempts that the provider may have accepted without confirming it.
    pub unconfirmed: i16,
    /// Where to send it: its own recipient, or the destination of its code, or the
    /// account's address.
    pub recipient: Option<String>,
    /// Seconds until it expires.
    pub life_left_secs: f64,
    /// Seconds since it was enqueued.
    pub age_secs: f64,
}

/// The order in which due messages are claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    MostUrgentFirst,
    /// For a probe while messages are rejected. Otherwise the rejected messages would be claimed
    /// first, and a new one that the server would accept could not show that it has recovered.
    NewestFirst,
}

/// The maximum number of concurrent posts to one user's webhooks, by all replicas together.
const WEBHOOKS_OF_ONE_USER: i64 = 2;

/// Claims up to `limit` messages that are due or whose lease has expired. Kinds that this version
/// does not know are left to other versions.
pub async fn claim(
    conn: &AsyncPgConnection,
    channel: Channel,
    limit: usize,
    lease: Duration,
    order: Order,
) -> QueryResult<Vec<Claim>> {
    if channel != Channel::Webhook {
        return claim_due(conn, channel, limit, lease, order).await;
    }
    // One at a time, because each may be the last one that its user's limit allows: a receiver that
    // hangs must not delay other users' events.
    let mut claims = Vec::new();
    while claims.len() < limit {
        let claimed = claim_due(conn, channel, 1, lease, order).await?;
        if claimed.is_empty() {
            break;
        }
        claims.extend(claimed);
    }
    Ok(claims)
}

async fn claim_due(
    mut conn: &AsyncPgConnection,
    channel: Channel,
    limit: usize,
    lease: Duration,
    order: Order,
) -> QueryResult<Vec<Claim>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = BigInt)]
        fence: i64,
        #[diesel(sql_type = Text)]
        kind: String,
    }
    // In plain SQL, because the whole delivery depends on this statement, and it must be
    // readable. A message in the state `sending` was due before, so `not_before` narrows the
    // index scan for both states.
    let order = match order {
        Order::MostUrgentFirst => "priority, not_before",
        Order::NewestFirst => "created_at DESC",
    };
    let claimed: Vec<Row> = FixedSql::<Untyped>::new(format!(
        "UPDATE outbox SET status = 'sending', attempts = attempts + 1, fence = fence + 1,
                lease_until = now() + make_interval(secs => $3)
         WHERE id IN (
             SELECT id FROM outbox
             WHERE channel = $1
               AND status IN ('queued', 'sending')
               AND not_before <= now()
               AND (status = 'queued' OR lease_until <= now())
               AND expires_at > now()
               AND kind = ANY($4)
               AND (channel <> 'webhook' OR user_id <> ALL (ARRAY(
                    SELECT user_id FROM outbox WHERE channel = 'webhook' AND status = 'sending'
                    AND lease_until > now() GROUP BY user_id HAVING count(*) >= $5)))
             ORDER BY {order}
             LIMIT $2
             FOR UPDATE SKIP LOCKED)
         RETURNING id, fence, kind",
    ))
    .bind::<Text, _>(channel.to_string())
    .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
    .bind::<Double, _>(lease.as_secs_f64())
    .bind::<Array<Text>, _>(MessageKind::ALL.map(|kind| kind.to_string()).to_vec())
    .bind::<BigInt, _>(WEBHOOKS_OF_ONE_USER)
    .load(&mut conn)
    .await?;
    let known =
        |row: Row| Some(Claim { id: row.id, fence: row.fence, kind: row.kind.parse().ok()? });
    Ok(claimed.into_iter().filter_map(known).collect())
}

diesel::define_sql_function! {
    fn coalesce(first: Nullable<Text>, second: Nullable<Text>) -> Nullable<Text>;
}

/// The message of a claim, unless the claim was lost.
pub async fn load(mut conn: &AsyncPgConnection, claim: Claim) -> QueryResult<Option<Claimed>> {
    held(claim)
        .left_join(users::table)
        .left_join(otp_challenges::table.on(otp_challenges::id.eq(outbox::subject_id)))
        .select((
            outbox::subject_id,
            outbox::channel,
            outbox::attempts,
            outbox::unconfirmed,
            coalesce(
                outbox::recipient,
                coalesce(otp_challenges::destination.nullable(), users::email.nullable()),
            ),
            FixedSql::<Double>::new("extract(epoch FROM outbox.expires_at - now())::float8"),
            FixedSql::<Double>::new("extract(epoch FROM now() - outbox.created_at)::float8"),
        ))
        .first(&mut conn)
        .await
        .optional()
}

/// Renews the lease of a claim. False if the claim was lost.
pub async fn renew(
    mut conn: &AsyncPgConnection,
    claim: Claim,
    lease: Duration,
) -> QueryResult<bool> {
    let renewed = fixed_query(
        "UPDATE outbox SET lease_until = now() + make_interval(secs => $3)
         WHERE id = $1 AND fence = $2 AND status = 'sending'",
    )
    .bind::<SqlUuid, _>(claim.id)
    .bind::<BigInt, _>(claim.fence)
    .bind::<Double, _>(lease.as_secs_f64());
    Ok(renewed.execute(&mut conn).await? == 1)
}

/// Records the start of an attempt whose outcome can later be requested from the provider, even if
/// this process dies. False if the claim was lost.
pub async fn begin_try(mut conn: &AsyncPgConnection, claim: Claim) -> QueryResult<bool> {
    let begun = diesel::update(held(claim)).set((
        outbox::unconfirmed.eq(outbox::unconfirmed + 1),
        outbox::unchecked_since.eq(now.into_sql::<Timestamptz>().nullable()),
    ));
    Ok(begun.execute(&mut conn).await? == 1)
}

/// Reverts [`begin_try`]: the provider did not accept the message.
pub async fn retract_try(mut conn: &AsyncPgConnection, claim: Claim) -> QueryResult<()> {
    let some = held(claim).filter(outbox::unconfirmed.gt(0));
    let retracted = diesel::update(some).set(outbox::unconfirmed.eq(outbox::unconfirmed - 1));
    retracted.execute(&mut conn).await.map(drop)
}

/// The row of a claim, if the claim still holds.
#[diesel::dsl::auto_type]
fn held(claim: Claim) -> _ {
    let (id, fence): (Uuid, i64) = (claim.id, claim.fence);
    outbox::table
        .filter(outbox::id.eq(id))
        .filter(outbox::fence.eq(fence))
        .filter(outbox::status.eq("sending"))
}
