//! SQL statements about personal access tokens.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{now, sql},
    prelude::*,
    sql_types::{Bool, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::NewToken;
use crate::{
    credentials::{Digest, Identity, live_user},
    db::{
        lock_name,
        schema::{personal_tokens, sessions, users},
    },
};

/// The identity and scopes of a token, and whether [`touch`] should be called.
pub type Found = (Identity, Vec<String>, bool);

/// The maximum number of tokens per user.
pub const MAX_TOKENS: i32 = 100;

/// The columns of a token.
pub type Row = (Uuid, String, Vec<String>, DateTime<Utc>, Option<DateTime<Utc>>, DateTime<Utc>);

/// Inserts the session of a token. False if the user has too many tokens, or the identity
/// is no longer live.
pub async fn insert_session(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    new: &NewToken,
) -> QueryResult<bool> {
    lock_name(conn, &format!("tokens {}", identity.user_id)).await?;
    let inserted = diesel::sql_query(
        "INSERT INTO sessions (id, user_id, token_version, method, device, expires_at)
         SELECT $1, u.id, u.token_version, 'token', $2, now() + make_interval(days => $3)
         FROM users u JOIN sessions mine ON mine.user_id = u.id
         WHERE u.id = $4 AND u.token_version = $5 AND mine.id = $6
           AND (SELECT count(*) FROM sessions WHERE user_id = $4 AND method = 'token') < $7",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Text, _>(&new.name)
    .bind::<Integer, _>(i32::try_from(new.days).unwrap_or(i32::MAX))
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<Integer, _>(MAX_TOKENS)
    .execute(&mut conn)
    .await?;
    Ok(inserted == 1)
}

pub async fn insert(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    digest: &Digest,
    new: &NewToken,
) -> QueryResult<()> {
    let scopes: Vec<String> = new.scopes.iter().map(ToString::to_string).collect();
    diesel::insert_into(personal_tokens::table)
        .values((
            personal_tokens::id.eq(id),
            personal_tokens::digest.eq(digest),
            personal_tokens::name.eq(&new.name),
            personal_tokens::scopes.eq(scopes),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// The live user's tokens, or the one with this id, newest first.
pub async fn list(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Option<Uuid>,
) -> QueryResult<Vec<Row>> {
    let own = personal_tokens::table
        .inner_join(sessions::table)
        .filter(sessions::user_id.eq(identity.user_id))
        .filter(sessions::token_version.eq(identity.token_version))
        .filter(sessions::expires_at.gt(now))
        .order((personal_tokens::created_at.desc(), personal_tokens::id))
        .select((
            personal_tokens::id,
            personal_tokens::name,
            personal_tokens::scopes,
            personal_tokens::created_at,
            personal_tokens::last_used_at,
            sessions::expires_at,
        ))
        .into_boxed();
    let own = match id {
        Some(id) => own.filter(personal_tokens::id.eq(id)),
        None => own,
    };
    own.load(&mut conn).await
}

/// Returns whether the live user had such a token.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    // A separate query, because diesel cannot use a table twice in one statement.
    let owner: Option<Uuid> = live_user(identity).first(&mut conn).await.optional()?;
    let Some(owner) = owner else { return Ok(false) };
    let token = sessions::table
        .find(id)
        .filter(sessions::user_id.eq(owner))
        .filter(sessions::method.eq("token"));
    Ok(diesel::delete(token).execute(&mut conn).await? == 1)
}

/// The token with one of these digests.
pub async fn find(
    mut conn: &AsyncPgConnection,
    digests: &[Digest],
    current: &Digest,
) -> QueryResult<Option<Found>> {
    type Columns = (Uuid, Uuid, i32, Vec<String>, bool);
    let found: Option<Columns> = personal_tokens::table
        .inner_join(sessions::table.inner_join(users::table))
        .filter(personal_tokens::digest.eq_any(digests))
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::token_version.eq(users::token_version))
        .select((
            users::id,
            sessions::id,
            users::token_version,
            personal_tokens::scopes,
            sql::<Bool>(
                "coalesce(personal_tokens.last_used_at < now() - interval '1 minute', true)",
            )
            .or(personal_tokens::digest.ne(current)),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(user_id, session_id, token_version, scopes, is_stale)| {
        (Identity { user_id, token_version, session_id }, scopes, is_stale)
    }))
}

/// Sets the time of last use to now, and replaces the digest by that of the current key, so that
/// the token outlives the previous key.
pub async fn touch(mut conn: &AsyncPgConnection, id: Uuid, digest: &Digest) -> QueryResult<usize> {
    diesel::update(personal_tokens::table.find(id))
        .set((
            personal_tokens::last_used_at.eq(now.into_sql::<Timestamptz>().nullable()),
            personal_tokens::digest.eq(digest),
        ))
        .execute(&mut conn)
        .await
}

/// The stored digest of the token, if it still exists.
pub async fn digest(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<Digest>> {
    let token = personal_tokens::table.find(id).select(personal_tokens::digest);
    token.first(&mut conn).await.optional()
}

pub async fn set_digest(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    digest: &Digest,
) -> QueryResult<usize> {
    diesel::update(personal_tokens::table.find(id))
        .set(personal_tokens::digest.eq(digest))
        .execute(&mut conn)
        .await
}
