//! SQL statements about recorded responses.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{Binary, Integer, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::Identity,
    db::{JsonText, schema::idempotent_answers},
};

/// How long a response is kept. A device may be offline for weeks before it retries.
const DAYS: i32 = 30;

/// Claims the key for the live user. False if it is already claimed. Waits for a concurrent
/// transaction that claims the same key.
pub async fn begin(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    key: &str,
    request: &[u8],
) -> QueryResult<bool> {
    let begun = diesel::sql_query(
        "INSERT INTO idempotent_answers AS a (user_id, key, request)
         SELECT users.id, $1, $2 FROM users JOIN sessions ON sessions.user_id = users.id
         WHERE sessions.id = $3 AND users.id = $4 AND users.token_version = $5
         ON CONFLICT (user_id, key) DO UPDATE SET request = excluded.request, answer = NULL, created_at = now()
         WHERE a.created_at < now() - make_interval(days => $6)",
    )
    .bind::<Text, _>(key)
    .bind::<Binary, _>(request)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<Integer, _>(DAYS)
    .execute(&mut conn)
    .await?;
    Ok(begun == 1)
}

/// Records the response in the transaction that claimed the key.
pub async fn finish(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    key: &str,
    answer: &JsonText,
) -> QueryResult<usize> {
    diesel::update(idempotent_answers::table.find((user_id, key)))
        .set(idempotent_answers::answer.eq(answer))
        .execute(&mut conn)
        .await
}

/// The request for which the key was used, and its response.
pub async fn find(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    key: &str,
) -> QueryResult<(Vec<u8>, Option<JsonText>)> {
    idempotent_answers::table
        .find((user_id, key))
        .select((idempotent_answers::request, idempotent_answers::answer))
        .first(&mut conn)
        .await
}

/// Deletes expired responses, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let is_old = idempotent_answers::created_at.lt(now.into_sql::<Timestamptz>() - DAYS.days());
    diesel::delete(idempotent_answers::table.filter(is_old)).execute(&mut conn).await
}
