//! Statements about what an account can prove itself with.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    auth::{EmailAddress, Identity, PasswordHash, PhoneNumber, live_session},
    db::schema::{local_credentials, profiles, sessions, users},
};

/// How old a login may be to count as fresh, in minutes.
const FRESH_MINUTES: i32 = 10;

/// What an account can prove itself with.
pub struct Provable {
    pub password_hash: Option<PasswordHash>,
    pub proven_email: Option<EmailAddress>,
    pub proven_number: Option<PhoneNumber>,
    /// Whether the session that asks logged in within the last ten minutes.
    pub is_fresh: bool,
}

impl Provable {
    pub fn has_nothing_to_prove_with(&self) -> bool {
        self.password_hash.is_none() && self.proven_email.is_none() && self.proven_number.is_none()
    }
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Provable>> {
    type Row = (Option<String>, Option<bool>, Option<String>, Option<String>, bool, bool);
    let fresh_since = now.into_sql::<Timestamptz>() - FRESH_MINUTES.minutes();
    let found: Option<Row> = live_session(identity)
        .inner_join(profiles::table)
        .left_join(local_credentials::table)
        .select((
            local_credentials::password_hash.nullable(),
            local_credentials::email_verified.nullable(),
            users::email,
            profiles::phone_number,
            profiles::phone_verified,
            sessions::created_at.gt(fresh_since),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(hash, email_verified, email, number, phone_verified, is_fresh)| Provable {
        password_hash: hash.map(PasswordHash::from),
        proven_email: email.filter(|_| email_verified == Some(true)).map(EmailAddress::from_stored),
        proven_number: number.filter(|_| phone_verified).and_then(|number| number.parse().ok()),
        is_fresh,
    }))
}
