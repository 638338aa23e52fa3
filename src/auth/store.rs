//! SQL statements about users: lookup by address, verification, phone number, sessions.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, now},
    prelude::*,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Account, EmailAddress},
    db::{
        FetchOne,
        schema::{local_credentials, oauth_connections, profiles, registrations, sessions, users},
    },
};

/// The user with this address, and whether it was just created. The row is locked until the end
/// of the transaction.
pub async fn find_or_create_user(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> QueryResult<(Uuid, bool)> {
    let created: Option<Uuid> = diesel::insert_into(users::table)
        .values(users::email.eq(email.as_str()))
        .on_conflict(users::email)
        .do_nothing()
        .returning(users::id)
        .fetch_one(&mut conn)
        .await
        .optional()?;
    if let Some(id) = created {
        return Ok((id, true));
    }
    let found = users::table.filter(users::email.eq(email.as_str())).select(users::id);
    Ok((found.for_no_key_update().first(&mut conn).await?, false))
}

pub async fn find_user(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> QueryResult<Option<Uuid>> {
    let query = users::table.filter(users::email.eq(email.as_str())).select(users::id);
    query.first(&mut conn).await.optional()
}

/// The account with its current token version.
pub async fn find_account(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Account> {
    let columns = (users::id, users::token_version, users::email);
    let row: (Uuid, i32, Option<String>) =
        users::table.find(user_id).select(columns).first(&mut conn).await?;
    Ok(Account::from(row))
}

/// Whether the user's email address is verified.
pub async fn is_verified(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<bool> {
    let verified = local_credentials::table.find(user_id).filter(local_credentials::email_verified);
    diesel::select(exists(verified)).fetch_one(&mut conn).await
}

/// Inserts the rows that every account has in addition to `users`.
pub async fn ensure_account(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    diesel::insert_into(profiles::table)
        .values(profiles::user_id.eq(user_id))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await?;
    diesel::insert_into(local_credentials::table)
        .values(local_credentials::user_id.eq(user_id))
        .on_conflict_do_nothing()
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Marks the email address as verified. Before that, the account has no password.
pub async fn set_email_verified(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    diesel::update(local_credentials::table.find(user_id))
        .set((local_credentials::email_verified.eq(true), local_credentials::updated_at.eq(now)))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Deletes everything that a stranger may have set before the mailbox was verified: registrations
/// with their passwords, links to providers, the profile.
pub async fn delete_data_of_strangers(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<()> {
    diesel::delete(registrations::table.filter(registrations::user_id.eq(user_id)))
        .execute(&mut conn)
        .await?;
    diesel::delete(oauth_connections::table.filter(oauth_connections::user_id.eq(user_id)))
        .execute(&mut conn)
        .await?;
    diesel::delete(profiles::table.find(user_id)).execute(&mut conn).await?;
    diesel::insert_into(profiles::table)
        .values(profiles::user_id.eq(user_id))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Ends all sessions: the access and refresh tokens issued so far become invalid. Returns the
/// account with its new token version.
pub async fn end_sessions(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Account> {
    let row: (Uuid, i32, Option<String>) = diesel::update(users::table.find(user_id))
        .set((users::token_version.eq(users::token_version + 1), users::updated_at.eq(now)))
        .returning((users::id, users::token_version, users::email))
        .fetch_one(&mut conn)
        .await?;
    // Sessions opened by concurrent transactions become invalid through their token version.
    diesel::delete(sessions::table.filter(sessions::user_id.eq(user_id)))
        .execute(&mut conn)
        .await?;
    Ok(Account::from(row))
}

pub async fn set_display_name(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    name: Option<&str>,
) -> QueryResult<()> {
    diesel::update(profiles::table.find(user_id))
        .set(profiles::display_name.eq(name))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Sets the number, which is not verified yet, or removes it.
pub async fn set_number(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    number: Option<String>,
) -> QueryResult<()> {
    diesel::update(profiles::table.find(user_id))
        .set((
            profiles::phone_number.eq(number),
            profiles::phone_verified.eq(false),
            profiles::phone_verified_at.eq(None::<DateTime<Utc>>),
            profiles::phone_failed_at.eq(None::<DateTime<Utc>>),
            profiles::phone_failure.eq(None::<String>),
            profiles::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}
