//! Connections as their owners create, see and end them.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::now,
    prelude::*,
    sql_types::{Bool, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Identity, live_user},
    db::{FetchOne, schema::garmin_connections},
    integrations::garmin::types::Connection,
    jobs::store::seconds,
};

/// Encrypted tokens, as they are stored.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = garmin_connections, treat_none_as_null = true)]
pub struct SealedTokens {
    pub credential: Vec<u8>,
    pub access_token: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub token_key_id: String,
}

/// The connection of the live user.
pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Connection>> {
    garmin_connections::table
        .filter(garmin_connections::user_id.eq_any(live_user(identity).select(nullable_id())))
        .select(Connection::as_select())
        .first(&mut conn)
        .await
        .optional()
}

fn nullable_id() -> diesel::helper_types::Nullable<crate::db::schema::users::id> {
    crate::db::schema::users::id.nullable()
}

/// The number of activities that arrived through a connection.
pub async fn count_activities(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<i64> {
    use crate::db::schema::garmin_activities;
    let own = garmin_activities::table.filter(garmin_activities::connection_id.eq(id));
    own.count().fetch_one(&mut conn).await
}

/// Locks the user's connection until the transaction ends; returns its id, its mode, and
/// the owner's id at Garmin.
pub async fn lock(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<Option<(Uuid, String, Option<String>)>> {
    garmin_connections::table
        .filter(garmin_connections::user_id.eq(user_id))
        .select((
            garmin_connections::id,
            garmin_connections::mode,
            garmin_connections::garmin_user_id,
        ))
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}

/// Creates a connection; false if another user has connected the same Garmin account. If an earlier
/// connection of that account has ended, but Garmin has not been notified yet, the earlier one is
/// deleted: the notification would end the new connection.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    (user_id, mode): (Uuid, &str),
    garmin_user_id: Option<&str>,
    tokens: &SealedTokens,
) -> QueryResult<bool> {
    if let Some(garmin_user_id) = garmin_user_id {
        let leaving = garmin_connections::table
            .filter(garmin_connections::user_id.is_null())
            .filter(garmin_connections::garmin_user_id.eq(garmin_user_id));
        diesel::delete(leaving).execute(&mut conn).await?;
    }
    let inserted = diesel::insert_into(garmin_connections::table)
        .values((
            garmin_connections::id.eq(id),
            garmin_connections::user_id.eq(user_id),
            garmin_connections::mode.eq(mode),
            garmin_connections::garmin_user_id.eq(garmin_user_id),
            tokens,
        ))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    Ok(inserted == 1)
}

/// Gives a connection new tokens, and resets its state. A job that works on it with the old
/// tokens loses its claim.
pub async fn reconnect(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    tokens: &SealedTokens,
) -> QueryResult<()> {
    diesel::update(garmin_connections::table.find(id))
        .set((
            tokens,
            garmin_connections::needs_reauth.eq(false),
            garmin_connections::claim.eq(None::<Uuid>),
            garmin_connections::leased_until.eq(None::<DateTime<Utc>>),
            garmin_connections::attempts.eq(0),
            garmin_connections::denied_at.eq(Vec::<DateTime<Utc>>::new()),
            garmin_connections::paused_until.eq(now),
            garmin_connections::next_sync_at.eq(now),
            garmin_connections::last_error_at.eq(None::<DateTime<Utc>>),
            garmin_connections::last_error_code.eq(None::<String>),
            garmin_connections::last_error_message.eq(None::<String>),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Makes the connection due at once, but not before the end of a pause that Garmin asked for.
/// `None` if there is no connection.
pub async fn sync_now(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Connection>> {
    let own = garmin_connections::table
        .filter(garmin_connections::user_id.eq_any(live_user(identity).select(nullable_id())));
    diesel::update(own)
        .set(garmin_connections::next_sync_at.eq(now))
        .returning(Connection::as_returning())
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// Whether the connection still has to be connected again by its owner.
pub async fn needs_reauth(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let found = garmin_connections::table.find(id).select(garmin_connections::needs_reauth);
    Ok(found.first(&mut conn).await.optional()?.unwrap_or(false))
}

/// Locks connections whose tokens are encrypted with another key, until the transaction ends.
pub async fn lock_stale(
    mut conn: &AsyncPgConnection,
    key_id: &str,
    limit: i64,
) -> QueryResult<Vec<(Uuid, SealedTokens)>> {
    garmin_connections::table
        .filter(garmin_connections::token_key_id.ne(key_id))
        .select((garmin_connections::id, SealedTokens::as_select()))
        .limit(limit)
        .for_update()
        .load(&mut conn)
        .await
}

/// Replaces the tokens with the same ones, encrypted again.
pub async fn set_tokens(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    tokens: &SealedTokens,
) -> QueryResult<()> {
    let connection = garmin_connections::table.find(id);
    diesel::update(connection).set(tokens).execute(&mut conn).await.map(drop)
}

/// Records what Garmin says about one of its users: nothing more arrives (with a code and a
/// message), or activities arrive again. Returns the ids of the connections with their owners.
pub async fn set_permission(
    mut conn: &AsyncPgConnection,
    garmin_user_id: &str,
    problem: Option<(&str, &str)>,
) -> QueryResult<Vec<(Uuid, Uuid)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
        #[diesel(sql_type = SqlUuid)]
        user_id: Uuid,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "UPDATE garmin_connections SET needs_reauth = $2, last_error_code = $3, last_error_message = $4,
                last_error_at = CASE WHEN $2 THEN now() END, next_sync_at = now()
         WHERE garmin_user_id = $1 AND user_id IS NOT NULL AND needs_reauth <> $2
           AND ($2 OR last_error_code = 'permission_missing')
         RETURNING id, user_id",
    )
    .bind::<Text, _>(garmin_user_id)
    .bind::<Bool, _>(problem.is_some())
    .bind::<Nullable<Text>, _>(problem.map(|(code, _)| code))
    .bind::<Nullable<Text>, _>(problem.map(|(_, message)| message))
    .load(&mut conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.user_id)).collect())
}

/// Seconds since the connection that has waited the longest became due.
pub async fn longest_wait(conn: &AsyncPgConnection) -> QueryResult<f64> {
    let query = "SELECT max(now() - greatest(next_sync_at, paused_until)) FROM garmin_connections
                 WHERE user_id IS NOT NULL AND NOT needs_reauth AND next_sync_at < now()";
    seconds(conn, query).await
}
