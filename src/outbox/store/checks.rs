//! Delivery checks of text messages that the provider accepted, because carriers may
//! reject them later.

use std::time::Duration;

use diesel::{
    prelude::*,
    sql_types::{Double, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::{FetchOne, fixed_query, schema::outbox};

/// A message whose delivery is to be checked with the provider.
#[derive(QueryableByName)]
pub struct Unchecked {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Text)]
    pub provider_id: String,
}

/// Claims the next message that was sent at least `after` ago and has not been checked for as long.
/// An unfinished claim expires after `after`. One hour later, the message is no longer claimed.
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

/// Ends the checks of a message that the provider did not fail to deliver.
pub async fn checked(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::update(outbox::table.find(id))
        .set(outbox::unchecked_since.eq(None::<chrono::DateTime<chrono::Utc>>))
        .execute(&mut conn)
        .await
        .map(drop)
}
