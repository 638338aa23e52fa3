//! SQL statements about grants.

use chrono::{DateTime, Utc};
use diesel::{dsl::now, prelude::*, sql_types::Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::StillOpen;
use crate::db::{
    FetchOne, fixed_query,
    schema::{garmin_connections, oauth_connections, shares, webhooks},
};

/// The notification channel that wakes the jobs for connections to Garmin.
pub const NOTIFY_OF_CONNECTIONS: &str = "garmin";

pub async fn still_open(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<StillOpen> {
    fixed_query(
        "SELECT (SELECT count(*) FROM shares
                 WHERE user_id = $1 AND coalesce(expires_at > now(), true)) AS shares,
                (SELECT count(*) FROM webhooks WHERE user_id = $1) AS webhooks,
                (SELECT count(*) FROM garmin_connections WHERE user_id = $1) AS connections,
                (SELECT count(*) FROM oauth_connections WHERE user_id = $1) AS providers,
                (SELECT count(*) FROM profiles WHERE user_id = $1 AND phone_verified) AS phone",
    )
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await
}

/// Returns the number of deleted shares.
pub async fn delete_shares(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<usize> {
    diesel::delete(shares::table.filter(shares::user_id.eq(user_id))).execute(&mut conn).await
}

/// Returns the number of deleted webhooks.
pub async fn delete_webhooks(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<usize> {
    diesel::delete(webhooks::table.filter(webhooks::user_id.eq(user_id))).execute(&mut conn).await
}

/// Returns the providers that were unlinked.
pub async fn unlink_providers(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<Vec<String>> {
    diesel::delete(oauth_connections::table.filter(oauth_connections::user_id.eq(user_id)))
        .returning(oauth_connections::provider)
        .load(&mut conn)
        .await
}

/// The ids of the user's connections to Garmin.
pub async fn connections(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Vec<Uuid>> {
    garmin_connections::table
        .filter(garmin_connections::user_id.eq(user_id))
        .select(garmin_connections::id)
        .load(&mut conn)
        .await
}

/// Removes the owner of a connection to Garmin. A job that is working on it stops, and a later job
/// deregisters the user at Garmin.
pub async fn disown(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::update(garmin_connections::table.find(id))
        .set((
            garmin_connections::user_id.eq(None::<Uuid>),
            garmin_connections::claim.eq(None::<Uuid>),
            garmin_connections::leased_until.eq(None::<DateTime<Utc>>),
            garmin_connections::attempts.eq(0),
            garmin_connections::denied_at.eq(Vec::<DateTime<Utc>>::new()),
            garmin_connections::paused_until.eq(now),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Wakes the jobs for connections to Garmin when the transaction commits.
pub async fn notify_of_connections(mut conn: &AsyncPgConnection) -> QueryResult<()> {
    diesel::sql_query(format!("NOTIFY {NOTIFY_OF_CONNECTIONS}")).execute(&mut conn).await.map(drop)
}
