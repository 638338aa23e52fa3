//! SQL statements about provider accounts.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    db::{
        FetchOne, lock_name,
        schema::{oauth_connections, spent_oauth_states, users},
    },
    providers::{Provider, ProviderIdentity},
};

/// A provider's tokens, encrypted.
#[derive(AsChangeset, Insertable, Queryable, Selectable)]
#[diesel(table_name = oauth_connections, treat_none_as_null = true)]
pub struct SealedTokens {
    pub access_token: Option<Vec<u8>>,
    pub refresh_token: Option<Vec<u8>>,
    pub expires_at: Option<DateTime<Utc>>,
    pub token_key_id: Option<String>,
}

/// Marks the attempt as spent. False if it already was.
pub async fn spend_state(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let spent = diesel::insert_into(spent_oauth_states::table)
        .values(spent_oauth_states::id.eq(id))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    Ok(spent == 1)
}

/// Deletes attempts whose cookies have long expired, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - 1.hour();
    diesel::delete(spent_oauth_states::table.filter(spent_oauth_states::spent_at.lt(forgotten)))
        .execute(&mut conn)
        .await
}

/// Allows one login at a time per provider account, until the end of the transaction. An advisory
/// lock, because before the first login there is no row to lock.
pub async fn lock_identity(
    conn: &AsyncPgConnection,
    identity: &ProviderIdentity,
) -> QueryResult<()> {
    lock_name(conn, &format!("{}:{}", identity.provider, identity.subject)).await
}

/// The id of a provider account's connection, and its user.
pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: &ProviderIdentity,
) -> QueryResult<Option<(Uuid, Uuid)>> {
    oauth_connections::table
        .filter(oauth_connections::provider.eq(identity.provider.to_string()))
        .filter(oauth_connections::provider_uid.eq(&identity.subject))
        .select((oauth_connections::id, oauth_connections::user_id))
        .first(&mut conn)
        .await
        .optional()
}

/// Links a provider account. False if the user is already linked to another account
/// at this provider.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    user_id: Uuid,
    identity: &ProviderIdentity,
    tokens: &SealedTokens,
) -> QueryResult<bool> {
    let inserted = diesel::insert_into(oauth_connections::table)
        .values((
            oauth_connections::id.eq(id),
            oauth_connections::user_id.eq(user_id),
            oauth_connections::provider.eq(identity.provider.to_string()),
            oauth_connections::provider_uid.eq(&identity.subject),
            oauth_connections::name.eq(shown(&identity.name, 200)),
            oauth_connections::email.eq(shown(&identity.email, 254)),
            tokens,
        ))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    Ok(inserted == 1)
}

/// Updates a connection with the data of a login. Values that the provider did not send this
/// time stay unchanged.
pub async fn update(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    identity: &ProviderIdentity,
    tokens: &SealedTokens,
) -> QueryResult<()> {
    diesel::update(oauth_connections::table.find(id))
        .set((
            shown(&identity.name, 200).map(|name| oauth_connections::name.eq(name)),
            shown(&identity.email, 254).map(|email| oauth_connections::email.eq(email)),
            tokens,
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Creates an account without an email address.
pub async fn create_user(mut conn: &AsyncPgConnection) -> QueryResult<Uuid> {
    diesel::insert_into(users::table)
        .values(users::email.eq(None::<String>))
        .returning(users::id)
        .fetch_one(&mut conn)
        .await
}

/// Up to `limit` connections whose tokens are encrypted with another key, locked until the end
/// of the transaction.
pub async fn lock_stale(
    mut conn: &AsyncPgConnection,
    key_id: &str,
    limit: i64,
) -> QueryResult<Vec<(Uuid, SealedTokens)>> {
    oauth_connections::table
        .filter(oauth_connections::token_key_id.ne(key_id))
        .select((oauth_connections::id, SealedTokens::as_select()))
        .limit(limit)
        .for_update()
        .load(&mut conn)
        .await
}

pub async fn set_tokens(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    tokens: &SealedTokens,
) -> QueryResult<()> {
    let connection = oauth_connections::table.find(id);
    diesel::update(connection).set(tokens).execute(&mut conn).await.map(drop)
}

/// The user's connection to `provider`: its id, its subject at the provider, and its tokens.
pub async fn find_tokens(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    provider: Provider,
) -> QueryResult<Option<(Uuid, String, SealedTokens)>> {
    oauth_connections::table
        .filter(oauth_connections::user_id.eq(user_id))
        .filter(oauth_connections::provider.eq(provider.to_string()))
        .select((oauth_connections::id, oauth_connections::provider_uid, SealedTokens::as_select()))
        .first(&mut conn)
        .await
        .optional()
}

/// Truncates a provider's text for display, and removes characters that PostgreSQL cannot store.
fn shown(text: &Option<String>, limit: usize) -> Option<String> {
    text.as_ref().map(|text| text.chars().filter(|c| !c.is_control()).take(limit).collect())
}
