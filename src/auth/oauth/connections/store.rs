//! SQL statements about linked providers.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Bool, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::Connection;
use crate::{
    credentials::{Identity, live_user},
    db::{FetchOne, schema::oauth_connections},
    providers::Provider,
};

/// The login methods of an account.
#[derive(QueryableByName)]
pub struct WaysIn {
    #[diesel(sql_type = Bool)]
    pub password: bool,
    #[diesel(sql_type = Bool)]
    pub proven_email: bool,
    #[diesel(sql_type = Bool)]
    pub proven_number: bool,
    #[diesel(sql_type = BigInt)]
    pub connections: i64,
}

pub async fn list(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Vec<Connection>> {
    oauth_connections::table
        .filter(oauth_connections::user_id.eq_any(live_user(identity)))
        .order(oauth_connections::created_at)
        .select(Connection::as_select())
        .load(&mut conn)
        .await
}

/// Returns whether there was such a connection.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    provider: Provider,
) -> QueryResult<bool> {
    let own = oauth_connections::table
        .filter(oauth_connections::user_id.eq_any(live_user(identity)))
        .filter(oauth_connections::provider.eq(provider.to_string()));
    Ok(diesel::delete(own).execute(&mut conn).await? == 1)
}

pub async fn ways_in(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<WaysIn> {
    diesel::sql_query(
        "SELECT coalesce(c.password_hash IS NOT NULL, false) AS password,
                coalesce(c.email_verified AND u.email IS NOT NULL, false) AS proven_email,
                coalesce(p.phone_verified, false) AS proven_number,
                (SELECT count(*) FROM oauth_connections o WHERE o.user_id = u.id) AS connections
         FROM users u
         LEFT JOIN local_credentials c ON c.user_id = u.id
         LEFT JOIN profiles p ON p.user_id = u.id
         WHERE u.id = $1",
    )
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await
}
