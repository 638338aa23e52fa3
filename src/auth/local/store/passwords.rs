//! Passwords: what logging in compares with, and how a reset changes it.

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

/// How long a reset token can be used.
const RESET_HOURS: i32 = 1;

/// How long one that is mailed again must still be good.
const RESENDABLE_MINUTES: i32 = 30;

/// What logging in by password needs to know of an address that somebody has proven.
#[derive(Queryable)]
pub struct PasswordLogin {
    pub user_id: Uuid,
    pub token_version: i32,
    hash: Option<String>,
}

impl PasswordLogin {
    /// The hash that a password is compared with.
    pub fn password_hash(&self) -> Option<PasswordHash> {
        self.hash.clone().map(PasswordHash::from)
    }
}

/// Whose password a reset token changes.
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

/// The id and the digest of the token that was asked for last, while it can be used for long enough
/// to be mailed again. Locked until the transaction ends.
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
        // Only an account with an address can have been mailed a token.
        ResetTarget { user_id, email: EmailAddress::from_stored(email) }
    }))
}

/// Locks the credentials that a reset token changes, and whether their mailbox was proven before.
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

/// Sets the password of an account whose mailbox is proven, by now at the latest. A reset that was
/// asked for is used up, or void.
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
