//! Events beyond the daily budget are replaced by a summary event.

use diesel::{
    prelude::*,
    sql_types::{Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::{fixed_query, schema::webhooks};

/// The type of the event that replaces skipped events.
pub const SUMMARY: &str = "activities.changed";

/// The error that the owner sees for a skipped event.
const SKIPPED: &str = "skipped: the daily limit of posts is reached; activities.changed follows";

/// Skips a claimed delivery and all queued deliveries of its webhook. A summary event instead of
/// them becomes due within the first hour of the next day (UTC), unless there is one already. The
/// update of the webhook's row ensures that concurrent calls create only one. A summary that is
/// skipped itself is postponed by a day, and a lost summary is created again.
pub async fn skip(
    mut conn: &AsyncPgConnection,
    webhook_id: Uuid,
    delivery_id: Uuid,
) -> QueryResult<()> {
    fixed_query(
        "WITH waiting AS (
            SELECT min(d.created_at) AS since FROM webhook_deliveries d JOIN outbox o ON o.subject_id = d.id
            WHERE d.webhook_id = $1 AND o.channel = 'webhook' AND o.status IN ('queued', 'sending')),
         skipped AS (
            UPDATE outbox o SET status = 'cancelled', finished_at = now()
            FROM webhook_deliveries d
            WHERE d.webhook_id = $1 AND d.event <> $4
              AND o.channel = 'webhook' AND o.subject_id = d.id AND o.status = 'queued'
            RETURNING d.id),
         noted AS (
            UPDATE webhook_deliveries SET last_error = $3
            WHERE id = $2 OR id IN (SELECT id FROM skipped)
            RETURNING event = $4 AS is_summary),
         begun AS (
            UPDATE webhooks w SET skipped_since = coalesce(w.skipped_since, waiting.since, now())
            FROM waiting, (SELECT bool_or(is_summary) AS again FROM noted) n
            WHERE w.id = $1
              AND (w.skipped_since IS NULL OR w.skipped_since < now() - interval '3 days' OR n.again)
            RETURNING w.user_id, w.skipped_since),
         event AS (
            INSERT INTO webhook_events (payload)
            SELECT jsonb_build_object('type', $4, 'timestamp', now(),
                                      'data', jsonb_build_object('since', skipped_since))
            FROM begun RETURNING id),
         delivery AS (
            INSERT INTO webhook_deliveries (webhook_id, event, event_id)
            SELECT $1, $4, id FROM event RETURNING id)
         INSERT INTO outbox (kind, channel, user_id, subject_id, not_before, expires_at)
         SELECT 'webhook', 'webhook', begun.user_id, delivery.id, due, due + interval '3 days'
         FROM begun, delivery,
              (SELECT (date_trunc('day', now() AT TIME ZONE 'UTC') + interval '1 day') AT TIME ZONE 'UTC'
                      + random() * interval '1 hour' AS due) AS next_day",
    )
    .bind::<SqlUuid, _>(webhook_id)
    .bind::<SqlUuid, _>(delivery_id)
    .bind::<Text, _>(SKIPPED)
    .bind::<Text, _>(SUMMARY)
    .execute(&mut conn)
    .await
    .map(drop)
}

/// Posts events individually again.
pub async fn resume(mut conn: &AsyncPgConnection, webhook_id: Uuid) -> QueryResult<()> {
    let skipping = webhooks::table.find(webhook_id).filter(webhooks::skipped_since.is_not_null());
    diesel::update(skipping)
        .set(webhooks::skipped_since.eq(None::<chrono::DateTime<chrono::Utc>>))
        .execute(&mut conn)
        .await
        .map(drop)
}
