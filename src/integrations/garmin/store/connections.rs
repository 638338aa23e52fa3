//! Connections as their owners make, see and end them.

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

/// Tokens as they are kept.
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

/// How many activities came through a connection.
pub async fn count_activities(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<i64> {
    use crate::db::schema::garmin_activities;
    let own = garmin_activities::table.filter(garmin_activities::connection_id.eq(id));
    own.count().fetch_one(&mut conn).await
}

/// The user's connection, which nobody else changes until the transaction ends: its id and mode, and what
/// Garmin calls its owner.
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

/// A new connection; false when another user has the same account at Garmin. One of that account whose end
/// Garmin was to be told of is forgotten: it would end this one.
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

/// Gives a connection other tokens, and a fresh start. Whoever works on it with the old ones does so no more.
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

/// Looks at once, but not before Garmin wants to be asked again. `None` when there is no connection.
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

/// Whether the connection still waits for its owner.
pub async fn needs_reauth(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let found = garmin_connections::table.find(id).select(garmin_connections::needs_reauth);
    Ok(found.first(&mut conn).await.optional()?.unwrap_or(false))
}

/// Some connections whose tokens are encrypted with another key, locked until the transaction ends.
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

/// Keeps the same tokens, encrypted anew.
pub async fn set_tokens(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    tokens: &SealedTokens,
) -> QueryResult<()> {
    let connection = garmin_connections::table.find(id);
    diesel::update(connection).set(tokens).execute(&mut conn).await.map(drop)
}

/// What Garmin says of one of its users: nothing more comes (with a code and a sentence), or it comes again.
/// The ids of the connections, with their owners.
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

/// Seconds that the connection which waits longest has waited since it was to be looked at.
pub async fn longest_wait(conn: &AsyncPgConnection) -> QueryResult<f64> {
    let query = "SELECT max(now() - greatest(next_sync_at, paused_until)) FROM garmin_connections
                 WHERE user_id IS NOT NULL AND NOT needs_reauth AND next_sync_at < now()";
    seconds(conn, query).await
}
