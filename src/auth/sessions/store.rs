//! SQL statements about sessions. Expiry is decided by the database's clock.

use std::time::Duration;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{now, sql},
    pg::Pg,
    prelude::*,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{Double, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::Session;
use crate::{
    auth::Device,
    config::SessionConfig,
    credentials::{Account, Identity, LoginMethod},
    db::{
        FetchOne, fixed_query,
        schema::{sessions, users},
    },
};

/// A session that can be refreshed, and its account.
pub struct LiveSession {
    pub account: Account,
    pub generation: i32,
    pub expires_at: DateTime<Utc>,
    /// Whether a token of this generation has been used.
    is_used: bool,
    /// Time since the login or the last refresh.
    idle: Duration,
    device: String,
    other_device: Option<String>,
}

impl LiveSession {
    /// Whether a device of this name opened the session, or was the last other
    /// device to refresh it.
    pub fn knows(&self, device: &Device) -> bool {
        let name: &str = device.as_ref();
        self.device == name || self.other_device.as_deref() == Some(name)
    }

    /// Whether the refresh token of `generation` may be used again: its successor has not been
    /// used, or the session was refreshed within `grace`, for example by another tab.
    pub fn is_awaited(&self, generation: i32, grace: Duration) -> bool {
        generation == self.generation - 1 && (!self.is_used || self.idle <= grace)
    }
}

/// Opens a session and returns its end. `None` if the account is locked or its sessions
/// were ended meanwhile.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    account: &Account,
    method: LoginMethod,
    device: &Device,
    config: &SessionConfig,
) -> QueryResult<Option<DateTime<Utc>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Timestamptz)]
        expires_at: DateTime<Utc>,
    }
    let inserted: Option<Row> = fixed_query(
        "INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
         SELECT $1, id, token_version, $4, $5, now() + make_interval(secs => $6)
         FROM users WHERE id = $2 AND token_version = $3 AND locked_at IS NULL
         RETURNING expires_at",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<SqlUuid, _>(account.user_id)
    .bind::<Integer, _>(account.token_version)
    .bind::<Text, _>(method.to_string())
    .bind::<Text, _>(device.as_ref())
    .bind::<Double, _>(config.idle.min(config.absolute).as_secs_f64())
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(inserted.map(|row| row.expires_at))
}

pub async fn is_locked(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<bool> {
    users::table.find(user_id).select(users::locked_at.is_not_null()).first(&mut conn).await
}

/// The session if it is live, locked until the end of the transaction. The user is not locked: code
/// that ends all sessions locks the user first, so the opposite order could deadlock.
pub async fn lock_live(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<LiveSession>> {
    let locked = sessions::table.find(id).select(sessions::id).for_no_key_update();
    locked.first::<Uuid>(&mut conn).await.optional()?;
    type Row = ((Uuid, i32, Option<String>), i32, DateTime<Utc>, bool, f64, String, Option<String>);
    let found: Option<Row> = sessions::table
        .inner_join(users::table)
        .filter(sessions::id.eq(id))
        .filter(sessions::token_version.eq(users::token_version))
        .filter(sessions::expires_at.gt(now))
        .select((
            (users::id, users::token_version, users::email),
            sessions::generation,
            sessions::expires_at,
            sessions::used_generation.ge(sessions::generation),
            sql::<Double>("extract(epoch FROM now() - last_used_at)::float8"),
            sessions::device,
            sessions::other_device,
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(account, generation, expires_at, is_used, idle, device, other_device)| {
        let idle = Duration::try_from_secs_f64(idle).unwrap_or_default();
        let account = Account::from(account);
        LiveSession { account, generation, expires_at, is_used, idle, device, other_device }
    }))
}

/// Spends the newest refresh token. Returns the next generation and the new end of the session. The
/// session then knows `stranger`, which replaces the previous other device.
pub async fn advance(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    stranger: Option<&Device>,
    config: &SessionConfig,
) -> QueryResult<(i32, DateTime<Utc>)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Integer)]
        generation: i32,
        #[diesel(sql_type = Timestamptz)]
        expires_at: DateTime<Utc>,
    }
    let row: Row = fixed_query(
        "UPDATE sessions SET generation = generation + 1, last_used_at = now(),
             other_device = coalesce($4, other_device),
             expires_at = least(now() + make_interval(secs => $2), created_at + make_interval(secs => $3))
         WHERE id = $1 RETURNING generation, expires_at",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Double, _>(config.idle.as_secs_f64())
    .bind::<Double, _>(config.absolute.as_secs_f64())
    .bind::<Nullable<Text>, _>(stranger.map(AsRef::<str>::as_ref))
    .fetch_one(&mut conn)
    .await?;
    Ok((row.generation, row.expires_at))
}

/// Writes nothing if a use of this generation is already noted.
pub async fn note_use(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    generation: i32,
) -> QueryResult<usize> {
    let unused = sessions::table.find(id).filter(sessions::used_generation.lt(generation));
    diesel::update(unused).set(sessions::used_generation.eq(generation)).execute(&mut conn).await
}

pub async fn list(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Vec<Session>> {
    of(identity, "SELECT *", "AND expires_at > now() ORDER BY last_used_at DESC LIMIT 100")
        .load(&mut conn)
        .await
}

pub async fn delete(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::delete(sessions::table.find(id)).execute(&mut conn).await.map(drop)
}

/// Returns whether the user had such a session.
pub async fn delete_own(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let deleted = of(identity, "DELETE", "AND id = $4").bind::<SqlUuid, _>(id);
    Ok(deleted.execute(&mut conn).await? == 1)
}

pub async fn delete_others(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<()> {
    of(identity, "DELETE", "AND id <> $3").execute(&mut conn).await.map(drop)
}

/// A statement on the sessions of the live user. Written in SQL, because diesel cannot use a table
/// twice in one statement, as [`live_user`](crate::credentials::live_user) would.
fn of(identity: Identity, verb: &str, condition: &str) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
    diesel::sql_query(format!(
        "{verb} FROM sessions
         WHERE user_id = $1 AND token_version = $2 AND method <> 'token'
           AND EXISTS (SELECT FROM users u JOIN sessions mine ON mine.user_id = u.id
                       WHERE u.id = $1 AND u.token_version = $2 AND mine.id = $3)
         {condition}"
    ))
    .into_boxed()
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
}

/// Deletes expired sessions, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    diesel::delete(sessions::table.filter(sessions::expires_at.le(now))).execute(&mut conn).await
}
