//! The statements about recorded answers.

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

/// How long an answer is kept: a device may be offline for weeks between losing an answer and
/// trying again.
const DAYS: i32 = 30;

/// Takes the key for the live user; false when it is taken already. Waits for another that is
/// just taking it.
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

/// Records the answer in the transaction that took the key.
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

/// The request that the key was used for, and its answer.
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

/// Forgets answers that nobody asks for any more; how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let is_old = idempotent_answers::created_at.lt(now.into_sql::<Timestamptz>() - DAYS.days());
    diesel::delete(idempotent_answers::table.filter(is_old)).execute(&mut conn).await
}
