//! SQL statements about deliveries and their events.

use diesel::{
    dsl::{IntervalDsl, exists, not, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Identity, live_user},
    db::{
        FetchOne, JsonText,
        schema::{outbox, webhook_deliveries, webhook_events, webhooks},
    },
    webhooks::types::WebhookDelivery,
};

/// How long the delivery log is kept.
const LOG_DAYS: i32 = 30;

/// An event to post, and its receiver.
#[derive(Queryable)]
pub struct Posting {
    pub webhook_id: Uuid,
    pub user_id: Uuid,
    pub url: String,
    pub event: String,
    pub payload: JsonText,
}

/// The outcome of an attempt.
pub struct AttemptResult {
    pub response_status: Option<i32>,
    /// `None` if the event was delivered.
    pub error: Option<String>,
    /// Whether the receiver answered that it is gone.
    pub is_gone: bool,
}

/// The newest hundred deliveries.
pub async fn deliveries(
    mut conn: &AsyncPgConnection,
    webhook_id: Uuid,
) -> QueryResult<Vec<WebhookDelivery>> {
    webhook_deliveries::table
        .filter(webhook_deliveries::webhook_id.eq(webhook_id))
        .order((webhook_deliveries::created_at.desc(), webhook_deliveries::id))
        .limit(100)
        .select(WebhookDelivery::as_select())
        .load(&mut conn)
        .await
}

/// Whether the live user has such a delivery.
pub async fn is_own_delivery(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let delivery = webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhook_deliveries::id.eq(id))
        .filter(webhooks::user_id.eq_any(live_user(identity)));
    diesel::select(exists(delivery)).fetch_one(&mut conn).await
}

/// Enqueues the delivery again.
pub async fn replay(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    delivery_id: Uuid,
) -> QueryResult<()> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::kind.eq("webhook"),
            outbox::channel.eq("webhook"),
            outbox::user_id.eq(user_id),
            outbox::subject_id.eq(delivery_id),
            outbox::expires_at.eq(now.into_sql::<Timestamptz>() + 3.days()),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// The event of a delivery and its receiver. `None` if the webhook is deleted,
/// disabled, or not verified.
pub async fn posting(
    mut conn: &AsyncPgConnection,
    delivery_id: Uuid,
) -> QueryResult<Option<Posting>> {
    webhook_deliveries::table
        .inner_join(webhooks::table)
        .inner_join(webhook_events::table)
        .filter(webhook_deliveries::id.eq(delivery_id))
        .filter(webhooks::disabled_at.is_null())
        .filter(webhooks::verified_at.is_not_null())
        .select((
            webhooks::id,
            webhooks::user_id,
            webhooks::url,
            webhook_deliveries::event,
            webhook_events::payload,
        ))
        .first(&mut conn)
        .await
        .optional()
}

/// Records the outcome of an attempt.
pub async fn note(
    mut conn: &AsyncPgConnection,
    delivery_id: Uuid,
    outcome: &AttemptResult,
) -> QueryResult<()> {
    let is_delivered = outcome.error.is_none();
    diesel::update(webhook_deliveries::table.find(delivery_id))
        .set((
            webhook_deliveries::attempts.eq(webhook_deliveries::attempts + 1),
            webhook_deliveries::response_status.eq(outcome.response_status),
            webhook_deliveries::last_error.eq(&outcome.error),
            is_delivered.then(|| webhook_deliveries::delivered_at.eq(now)),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Deletes old deliveries, and events without a delivery. Returns the number of events.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let is_old = webhook_deliveries::created_at.lt(now.into_sql::<Timestamptz>() - LOG_DAYS.days());
    diesel::delete(webhook_deliveries::table.filter(is_old)).execute(&mut conn).await?;
    let of_event =
        webhook_deliveries::table.filter(webhook_deliveries::event_id.eq(webhook_events::id));
    diesel::delete(webhook_events::table.filter(not(exists(of_event)))).execute(&mut conn).await
}
