//! Asking what became of text messages that the provider took: carriers refuse them later.

use std::time::Duration;

use diesel::{
    prelude::*,
    sql_types::{Double, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::{FetchOne, fixed_query, schema::outbox};

/// A message to ask the provider about.
#[derive(QueryableByName)]
pub struct Unchecked {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub provider_id: String,
}

/// The next message that was sent at least `after` ago and that nobody has asked about for as long.
/// A claim that is not finished runs out after `after`; an hour later there are no more claims.
pub async fn claim_check(
    mut conn: &AsyncPgConnection,
    after: Duration,
) -> QueryResult<Option<Unchecked>> {
    fixed_query(
        "UPDATE outbox SET unchecked_since = now() WHERE id = (
             SELECT id FROM outbox
             WHERE status = 'sent'
               AND unchecked_since <= now() - make_interval(secs => $1)
               AND finished_at <= now() - make_interval(secs => $1)
               AND finished_at > now() - make_interval(secs => $1) - interval '1 hour'
               AND provider_id IS NOT NULL
             ORDER BY unchecked_since LIMIT 1
             FOR UPDATE SKIP LOCKED)
         RETURNING id, provider_id",
    )
    .bind::<Double, _>(after.as_secs_f64())
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// The provider has not failed to deliver it: it is not asked about again.
pub async fn checked(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::update(outbox::table.find(id))
        .set(outbox::unchecked_since.eq(None::<chrono::DateTime<chrono::Utc>>))
        .execute(&mut conn)
        .await
        .map(drop)
}
