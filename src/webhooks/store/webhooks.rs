//! SQL statements about webhooks: changes by their owners, and the state of their receivers.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Identity, live_user},
    db::{FetchOne, fixed_query, lock_name, schema::webhooks},
    webhooks::types::{NewWebhook, Webhook, WebhookChanges},
};

/// The maximum number of webhooks per user.
pub const MAX_WEBHOOKS: usize = 10;

/// Inserts a webhook. It is verified unless there is a `challenge_error`. False if the user has too
/// many webhooks, or the identity is no longer live.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    new: &NewWebhook,
    challenge_error: Option<&str>,
) -> QueryResult<bool> {
    lock_name(conn, &format!("webhooks {}", identity.user_id)).await?;
    let inserted = diesel::sql_query(
        "INSERT INTO webhooks (id, user_id, url, events, challenge_error, verified_at)
         SELECT $1, u.id, $2, $3, $8, CASE WHEN $8 IS NULL THEN now() END FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $4 AND u.token_version = $5 AND s.id = $6
           AND (SELECT count(*) FROM webhooks WHERE user_id = $4) < $7",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&new.url)
    .bind::<Array<Text>, _>(&new.events)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<diesel::sql_types::Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<BigInt, _>(i64::try_from(MAX_WEBHOOKS).unwrap_or(i64::MAX))
    .bind::<Nullable<Text>, _>(challenge_error)
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

/// Enabling resets the record of failures. Disabling a disabled webhook keeps its `disabled_at`.
pub async fn update(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    changes: WebhookChanges,
) -> QueryResult<Option<Webhook>> {
    let changed = diesel::sql_query(
        "UPDATE webhooks SET events = coalesce($3, events),
             failing_since = CASE WHEN $4 THEN NULL ELSE failing_since END,
             skipped_since = CASE WHEN $4 THEN NULL ELSE skipped_since END,
             disabled_at = CASE WHEN $4 THEN NULL WHEN NOT $4 THEN coalesce(disabled_at, now()) ELSE disabled_at END
         WHERE id = $1 AND user_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Nullable<Array<Text>>, _>(changes.events)
    .bind::<Nullable<Bool>, _>(changes.enabled);
    if find(conn, identity, id).await?.is_none() {
        return Ok(None);
    }
    changed.execute(&mut conn).await?;
    find(conn, identity, id).await
}

/// Records the result of a challenge. A webhook that was verified before stays verified.
pub async fn note_challenge(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    error: Option<&str>,
) -> QueryResult<Option<Webhook>> {
    fixed_query(
        "UPDATE webhooks SET challenge_error = $3,
             verified_at = CASE WHEN $3 IS NULL THEN coalesce(verified_at, now()) ELSE verified_at END
         WHERE id = $1 AND user_id = $2",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Nullable<Text>, _>(error)
    .execute(&mut conn)
    .await?;
    find(conn, identity, id).await
}

/// Returns the id if there was such a webhook.
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

/// Records a successful delivery.
pub async fn note_success(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    let failing = webhooks::table.find(id).filter(webhooks::failing_since.is_not_null());
    diesel::update(failing)
        .set(webhooks::failing_since.eq(None::<chrono::DateTime<chrono::Utc>>))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Records a failed delivery. True if the webhook is disabled now, because deliveries have failed
/// for `patience_hours`, or because of `at_once`.
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
