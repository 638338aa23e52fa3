//! Statements about webhooks and their deliveries.

use diesel::{
    dsl::{IntervalDsl, exists, now},
    prelude::*,
    sql_types::{Array, BigInt, Bool, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::{NewWebhook, Webhook, WebhookChanges, WebhookDelivery};
use crate::{
    auth::{Identity, live_user},
    db::{
        FetchOne, JsonText, lock_name,
        schema::{outbox, webhook_deliveries, webhooks},
    },
};

/// How many webhooks one user can have.
const MAX_WEBHOOKS: i64 = 10;

/// How long the delivery log is kept.
const LOG_DAYS: i32 = 30;

/// What is to be posted, and where.
#[derive(Queryable)]
pub struct Posting {
    pub webhook_id: Uuid,
    pub user_id: Uuid,
    pub url: String,
    pub payload: JsonText,
}

/// What came of an attempt.
pub struct Outcome {
    pub response_status: Option<i32>,
    /// `None` when the event was delivered.
    pub error: Option<String>,
    /// The receiver wants no more.
    pub is_gone: bool,
}

/// False when the user has too many; also when the identity has ended.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    new: &NewWebhook,
) -> QueryResult<bool> {
    lock_name(conn, &format!("webhooks {}", identity.user_id)).await?;
    let inserted = diesel::sql_query(
        "INSERT INTO webhooks (id, user_id, url, events)
         SELECT $1, u.id, $2, $3 FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $4 AND u.token_version = $5 AND s.id = $6
           AND (SELECT count(*) FROM webhooks WHERE user_id = $4) < $7",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&new.url)
    .bind::<Array<Text>, _>(&new.events)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<diesel::sql_types::Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<BigInt, _>(MAX_WEBHOOKS)
    .execute(&mut conn)
    .await?;
    Ok(inserted == 1)
}

#[diesel::dsl::auto_type(no_type_alias)]
fn own(identity: Identity) -> _ {
    let owner: live_user = live_user(identity);
    webhooks::table.filter(webhooks::user_id.eq_any(owner))
}

pub async fn list(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Vec<Webhook>> {
    let own = own(identity).order((webhooks::created_at.desc(), webhooks::id));
    own.select(Webhook::as_select()).load(&mut conn).await
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Webhook>> {
    let own = own(identity).filter(webhooks::id.eq(id));
    own.select(Webhook::as_select()).first(&mut conn).await.optional()
}

/// Enabling gives a new start; disabling keeps the time when that was done first.
pub async fn update(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    changes: WebhookChanges,
) -> QueryResult<Option<Webhook>> {
    let changed = diesel::sql_query(
        "UPDATE webhooks SET events = coalesce($3, events),
             failing_since = CASE WHEN $4 THEN NULL ELSE failing_since END,
             disabled_at = CASE WHEN $4 THEN NULL WHEN NOT $4 THEN coalesce(disabled_at, now()) ELSE disabled_at END
         WHERE id = $1 AND user_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<diesel::sql_types::Nullable<Array<Text>>, _>(changes.events)
    .bind::<diesel::sql_types::Nullable<Bool>, _>(changes.enabled);
    if find(conn, identity, id).await?.is_none() {
        return Ok(None);
    }
    changed.execute(&mut conn).await?;
    find(conn, identity, id).await
}

/// The id, if there was such a webhook.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Uuid>> {
    diesel::delete(own(identity).filter(webhooks::id.eq(id)))
        .returning(webhooks::id)
        .fetch_one(&mut conn)
        .await
        .optional()
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

/// Whether there is such a delivery of the live user's.
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

/// Enqueues the delivery once more.
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

/// What a delivery posts, unless its webhook is disabled or gone.
pub async fn posting(
    mut conn: &AsyncPgConnection,
    delivery_id: Uuid,
) -> QueryResult<Option<Posting>> {
    webhook_deliveries::table
        .inner_join(webhooks::table)
        .filter(webhook_deliveries::id.eq(delivery_id))
        .filter(webhooks::disabled_at.is_null())
        .select((webhooks::id, webhooks::user_id, webhooks::url, webhook_deliveries::payload))
        .first(&mut conn)
        .await
        .optional()
}

/// Keeps the log of an attempt.
pub async fn note(
    mut conn: &AsyncPgConnection,
    delivery_id: Uuid,
    outcome: &Outcome,
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

/// A delivery arrived: nothing is failing.
pub async fn note_success(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let failing = webhooks::table.find(id).filter(webhooks::failing_since.is_not_null());
    diesel::update(failing)
        .set(webhooks::failing_since.eq(None::<chrono::DateTime<chrono::Utc>>))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// A delivery failed: true when that has gone on for `patience_hours`, or for whatever reason `at_once`, so
/// that the webhook is disabled now.
pub async fn note_failure(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    patience_hours: i32,
    at_once: bool,
) -> QueryResult<bool> {
    diesel::update(webhooks::table.find(id).filter(webhooks::failing_since.is_null()))
        .set(webhooks::failing_since.eq(now.into_sql::<Timestamptz>().nullable()))
        .execute(&mut conn)
        .await?;
    let enough = webhooks::table.find(id).filter(webhooks::disabled_at.is_null()).filter(
        webhooks::failing_since
            .lt((now.into_sql::<Timestamptz>() - patience_hours.hours()).nullable())
            .or(at_once.into_sql::<Bool>().nullable()),
    );
    let disabled = diesel::update(enough)
        .set(webhooks::disabled_at.eq(now.into_sql::<Timestamptz>().nullable()))
        .execute(&mut conn)
        .await?;
    Ok(disabled == 1)
}

/// Forgets old deliveries; how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let is_old = webhook_deliveries::created_at.lt(now.into_sql::<Timestamptz>() - LOG_DAYS.days());
    diesel::delete(webhook_deliveries::table.filter(is_old)).execute(&mut conn).await
}
