//! SQL statements that change access to an account.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, not, now},
    prelude::*,
    result::{DatabaseErrorKind, Error},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::EmailAddress,
    db::schema::{local_credentials, users},
};

/// Deletes another account that has this address but never verified it.
pub async fn delete_unproven(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
    but: Uuid,
) -> QueryResult<()> {
    let proven = local_credentials::table
        .filter(local_credentials::user_id.eq(users::id))
        .filter(local_credentials::email_verified);
    let unproven = users::table
        .filter(users::email.eq(email.as_str()))
        .filter(users::id.ne(but))
        .filter(not(exists(proven)));
    diesel::delete(unproven).execute(&mut conn).await.map(drop)
}

/// Makes a verified address the account's. False if it belongs to another account, which the unique
/// index decides. A password reset that was mailed to the old address becomes void.
pub async fn set_email(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    email: &EmailAddress,
) -> QueryResult<bool> {
    let updated = diesel::update(users::table.find(user_id))
        .set((
            users::email.eq(email.as_str()),
            users::email_failed_at.eq(None::<DateTime<Utc>>),
            users::email_failure.eq(None::<String>),
            users::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await;
    match updated {
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => return Ok(false),
        other => other?,
    };
    let proven = (
        local_credentials::email_verified.eq(true),
        local_credentials::reset_token.eq(None::<Vec<u8>>),
        local_credentials::reset_expires.eq(None::<DateTime<Utc>>),
        local_credentials::updated_at.eq(now),
    );
    diesel::insert_into(local_credentials::table)
        .values((local_credentials::user_id.eq(user_id), proven.clone()))
        .on_conflict(local_credentials::user_id)
        .do_update()
        .set(proven)
        .execute(&mut conn)
        .await?;
    Ok(true)
}

/// Deletes the user. Foreign keys cascade to all the user's data.
pub async fn delete_user(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    diesel::delete(users::table.find(user_id)).execute(&mut conn).await.map(drop)
}
