//! SQL statements about the means of re-authentication.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    credentials::{EmailAddress, Identity, PasswordHash, PhoneNumber, live_session},
    db::schema::{local_credentials, profiles, sessions, users},
};

/// The maximum age of a fresh login, in minutes.
const FRESH_MINUTES: i32 = 10;

/// How long a number must have been verified before its codes can confirm changes, in hours. This
/// gives the owner time to react to the notice about the number.
const SETTLED_HOURS: i32 = 72;

/// The means of re-authentication of an account.
pub struct Provable {
    pub password_hash: Option<PasswordHash>,
    pub proven_email: Option<EmailAddress>,
    /// The number, if it was verified long enough ago and before this session began. Somebody who
    /// found an open session must not be able to confirm changes with their own number.
    pub settled_number: Option<PhoneNumber>,
    /// Whether this session logged in within the last ten minutes.
    pub is_fresh: bool,
}

impl Provable {
    pub fn has_nothing_to_prove_with(&self) -> bool {
        self.password_hash.is_none() && self.proven_email.is_none() && self.settled_number.is_none()
    }
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Provable>> {
    type Row = (Option<String>, Option<bool>, Option<String>, Option<String>, bool, bool);
    let fresh_since = now.into_sql::<Timestamptz>() - FRESH_MINUTES.minutes();
    let settled_before = now.into_sql::<Timestamptz>() - SETTLED_HOURS.hours();
    let proven_at = profiles::phone_verified_at.assume_not_null();
    let is_settled = profiles::phone_verified_at
        .is_null()
        .or(proven_at.lt(settled_before).and(proven_at.lt(sessions::created_at)));
    let found: Option<Row> = live_session(identity)
        .inner_join(profiles::table)
        .left_join(local_credentials::table)
        .select((
            local_credentials::password_hash.nullable(),
            local_credentials::email_verified.nullable(),
            users::email,
            profiles::phone_number,
            profiles::phone_verified.and(is_settled),
            sessions::created_at.gt(fresh_since),
        ))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(hash, email_verified, email, number, is_settled, is_fresh)| Provable {
        password_hash: hash.map(PasswordHash::from),
        proven_email: email.filter(|_| email_verified == Some(true)).map(EmailAddress::from_stored),
        settled_number: number.filter(|_| is_settled).and_then(|number| number.parse().ok()),
        is_fresh,
    }))
}
