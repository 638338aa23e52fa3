//! Statements for operators: list, retry and cancel messages.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::now,
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Nullable, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::{FixedSql, schema::outbox},
    outbox::{Channel, MessageKind, Status},
};

/// A message as operators see it. It contains the user's id, but never an address,
/// a token or a code.
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

/// Selects the messages that match every field that is set.
#[derive(Default)]
pub struct MessageFilter {
    pub status: Option<Status>,
    pub channel: Option<Channel>,
    pub kind: Option<MessageKind>,
    pub user_id: Option<Uuid>,
    /// The class of the last error.
    pub class: Option<String>,
    /// A word in the code of the last error, or the start of a word up to a dot.
    pub code: Option<String>,
    /// Finished since then, or unfinished and enqueued since then.
    pub since: Option<DateTime<Utc>>,
}

impl MessageFilter {
    fn messages(&self) -> outbox::BoxedQuery<'_, Pg> {
        let mut query = outbox::table.into_boxed();
        if let Some(status) = self.status {
            query = query.filter(outbox::status.eq(status.to_string()));
        }
        if let Some(channel) = self.channel {
            query = query.filter(outbox::channel.eq(channel.to_string()));
        }
        if let Some(kind) = self.kind {
            query = query.filter(outbox::kind.eq(kind.to_string()));
        }
        if let Some(user_id) = self.user_id {
            query = query.filter(outbox::user_id.eq(user_id));
        }
        if let Some(class) = &self.class {
            query = query.filter(outbox::last_error_class.eq(class));
        }
        if let Some(code) = &self.code {
            let (word, beginning) = (format!(" {code} "), format!(" {code}."));
            let words = "lower(' ' || last_error_code || ' ')";
            let fits =
                format!("(strpos({words}, lower($1)) > 0 OR strpos({words}, lower($2)) > 0)");
            let fits = FixedSql::<Nullable<Bool>>::new(fits);
            query = query.filter(fits.bind::<Text, _>(word).bind::<Text, _>(beginning));
        }
        if let Some(since) = self.since {
            let is_pending = outbox::status.eq_any(["queued", "sending"]);
            let pending = is_pending.and(outbox::created_at.ge(since));
            query = query.filter(outbox::finished_at.ge(since).or(pending.nullable()));
        }
        query
    }
}

/// The newest messages that match the filter.
pub async fn list(
    mut conn: &AsyncPgConnection,
    filter: &MessageFilter,
    limit: i64,
) -> QueryResult<Vec<MessageRow>> {
    filter
        .messages()
        .select(MessageRow::as_select())
        .order((outbox::created_at.desc(), outbox::id))
        .limit(limit)
        .load(&mut conn)
        .await
}

/// A message that an operator wants to retry or cancel.
#[derive(Queryable)]
pub struct Candidate {
    pub id: Uuid,
    pub status: String,
    /// Whether it has expired.
    pub is_over: bool,
}

/// All messages that match the filter and are in one of `states`.
pub async fn candidates(
    mut conn: &AsyncPgConnection,
    filter: &MessageFilter,
    states: &[&str],
) -> QueryResult<Vec<Candidate>> {
    filter
        .messages()
        .filter(outbox::status.eq_any(states))
        .select((outbox::id, outbox::status, outbox::expires_at.le(now)))
        .load(&mut conn)
        .await
}

pub async fn find(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<MessageRow>> {
    outbox::table.find(id).select(MessageRow::as_select()).first(&mut conn).await.optional()
}

/// Makes queued and dead messages due now, unless they have expired. Returns how many.
pub async fn retry(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> QueryResult<usize> {
    let waiting = outbox::table
        .filter(outbox::id.eq_any(ids))
        .filter(outbox::status.eq_any(["queued", "dead"]))
        .filter(outbox::expires_at.gt(now));
    diesel::update(waiting)
        .set((
            outbox::status.eq("queued"),
            outbox::not_before.eq(now),
            outbox::finished_at.eq(None::<DateTime<Utc>>),
        ))
        .execute(&mut conn)
        .await
}

/// Cancels messages that are not being sent, and returns how many.
pub async fn cancel(mut conn: &AsyncPgConnection, ids: &[Uuid]) -> QueryResult<usize> {
    let queued = outbox::table.filter(outbox::id.eq_any(ids)).filter(outbox::status.eq("queued"));
    diesel::update(queued)
        .set((outbox::status.eq("cancelled"), outbox::finished_at.eq(now)))
        .execute(&mut conn)
        .await
}
