//! What operators see of messages, and do to them.

use chrono::{DateTime, Utc};
use diesel::{dsl::now, pg::Pg, prelude::*};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::schema::outbox,
    outbox::{Channel, Status},
};

/// A message as operators see it. It names the user, and never an address, a token or a code.
#[derive(Queryable, Selectable, Serialize)]
#[diesel(table_name = outbox)]
pub struct MessageRow {
    pub id: Uuid,
    pub kind: String,
    pub channel: String,
    pub user_id: Option<Uuid>,
    pub subject_id: Uuid,
    pub status: String,
    pub priority: i16,
    pub attempts: i32,
    pub unconfirmed: i16,
    pub not_before: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub lease_until: Option<DateTime<Utc>>,
    pub last_error_class: Option<String>,
    pub last_error_code: Option<String>,
    pub provider_id: Option<String>,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
}

/// The newest messages, of one status or channel where asked for.
pub async fn list(
    mut conn: &AsyncPgConnection,
    status: Option<Status>,
    channel: Option<Channel>,
    limit: i64,
) -> QueryResult<Vec<MessageRow>> {
    let mut query = outbox::table.select(MessageRow::as_select()).into_boxed::<Pg>();
    if let Some(status) = status {
        query = query.filter(outbox::status.eq(status.to_string()));
    }
    if let Some(channel) = channel {
        query = query.filter(outbox::channel.eq(channel.to_string()));
    }
    query.order((outbox::created_at.desc(), outbox::id)).limit(limit).load(&mut conn).await
}

pub async fn find(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<MessageRow>> {
    outbox::table.find(id).select(MessageRow::as_select()).first(&mut conn).await.optional()
}

/// Makes a message due at once, also one that was given up, while it can still be of use.
/// False when there is no such message.
pub async fn retry(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let waiting = outbox::table
        .find(id)
        .filter(outbox::status.eq_any(["queued", "dead"]))
        .filter(outbox::expires_at.gt(now));
    let updated = diesel::update(waiting)
        .set((
            outbox::status.eq("queued"),
            outbox::not_before.eq(now),
            outbox::finished_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(&mut conn)
        .await?;
    Ok(updated == 1)
}

/// Takes back a message that is not being sent. False when there is no such message.
pub async fn cancel(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let queued = outbox::table.find(id).filter(outbox::status.eq("queued"));
    let updated = diesel::update(queued)
        .set((outbox::status.eq("cancelled"), outbox::finished_at.eq(now)))
        .execute(&mut conn)
        .await?;
    Ok(updated == 1)
}
