//! Passwords: lookup for logins, and resets.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Digest, EmailAddress, PasswordHash},
    db::schema::{local_credentials, users},
};

/// The lifetime of a reset token.
const RESET_HOURS: i32 = 1;

/// A reset token is mailed again if it is valid for at least this long.
const RESENDABLE_MINUTES: i32 = 30;

/// The data of a verified address that a password login needs.
#[derive(Queryable)]
pub struct PasswordLogin {
    pub user_id: Uuid,
    pub token_version: i32,
    hash: Option<String>,
}

impl PasswordLogin {
    /// The hash to compare the password with.
    pub fn password_hash(&self) -> Option<PasswordHash> {
        self.hash.clone().map(PasswordHash::from)
    }
}

/// The user whose password a reset token changes.
pub struct ResetTarget {
    pub user_id: Uuid,
    pub email: EmailAddress,
}

pub async fn find_password_login(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> QueryResult<Option<PasswordLogin>> {
    users::table
        .inner_join(local_credentials::table)
        .filter(users::email.eq(email.as_str()))
        .filter(local_credentials::email_verified)
        .select((users::id, users::token_version, local_credentials::password_hash))
        .first(&mut conn)
        .await
        .optional()
}

pub async fn replace_hash(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    old: &PasswordHash,
    new: &PasswordHash,
) -> QueryResult<()> {
    let unchanged = local_credentials::table
        .find(user_id)
        .filter(local_credentials::password_hash.eq(old.as_ref()));
    diesel::update(unchanged)
        .set((
            local_credentials::password_hash.eq(new.as_ref()),
            local_credentials::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// The id and digest of the latest reset token, if it is valid for long enough to be mailed again.
/// The row is locked until the end of the transaction.
pub async fn lock_resendable(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<Option<(Uuid, Digest)>> {
    let long_enough = now.into_sql::<Timestamptz>() + RESENDABLE_MINUTES.minutes();
    let found: Option<(Option<Uuid>, Option<Digest>)> = local_credentials::table
        .find(user_id)
        .filter(local_credentials::reset_expires.gt(long_enough.nullable()))
        .select((local_credentials::reset_id, local_credentials::reset_token))
        .for_update()
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.and_then(|(id, digest)| id.zip(digest)))
}

pub async fn set_reset_token(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    id: Uuid,
    digest: &[u8],
) -> QueryResult<()> {
    let token = (
        local_credentials::reset_id.eq(id),
        local_credentials::reset_token.eq(digest),
        local_credentials::reset_expires
            .eq((now.into_sql::<Timestamptz>() + RESET_HOURS.hours()).nullable()),
    );
    diesel::insert_into(local_credentials::table)
        .values((local_credentials::user_id.eq(user_id), token))
        .on_conflict(local_credentials::user_id)
        .do_update()
        .set(token)
        .execute(&mut conn)
        .await
        .map(drop)
}

pub async fn find_reset(
    mut conn: &AsyncPgConnection,
    digests: &[Digest],
) -> QueryResult<Option<ResetTarget>> {
    let found: Option<(Uuid, String)> = users::table
        .inner_join(local_credentials::table)
        .filter(local_credentials::reset_token.eq_any(digests))
        .filter(local_credentials::reset_expires.gt(now))
        .select((users::id, users::email.assume_not_null()))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(user_id, email)| {
        // Reset tokens are mailed, so the account has an address.
        ResetTarget { user_id, email: EmailAddress::from_stored(email) }
    }))
}

/// Locks the credentials that a reset token changes. Returns whether the mailbox
/// was verified before.
pub async fn lock_reset(
    mut conn: &AsyncPgConnection,
    digests: &[Digest],
) -> QueryResult<Option<bool>> {
    local_credentials::table
        .filter(local_credentials::reset_token.eq_any(digests))
        .filter(local_credentials::reset_expires.gt(now))
        .select(local_credentials::email_verified)
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}

/// Sets the password, and marks the mailbox as verified. A pending reset token becomes void.
pub async fn set_password(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    hash: &PasswordHash,
) -> QueryResult<()> {
    diesel::update(local_credentials::table.find(user_id))
        .set((
            local_credentials::password_hash.eq(hash.as_ref()),
            local_credentials::email_verified.eq(true),
            local_credentials::reset_token.eq(None::<Vec<u8>>),
            local_credentials::reset_expires.eq(None::<DateTime<Utc>>),
            local_credentials::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}
