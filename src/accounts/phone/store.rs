//! SQL statements about an account's phone number.

use diesel::{
    dsl::now,
    prelude::*,
    result::{DatabaseErrorKind, Error},
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::{
    credentials::{Identity, PhoneNumber, live_user},
    db::schema::profiles,
};

/// The outcome of marking a number as verified.
pub enum Proven {
    Yes,
    /// The number in the profile has changed, or the session has ended.
    Gone,
    /// Another account has verified this number.
    Taken,
}

/// The number and whether it is verified. The row is locked until the end of the transaction.
pub async fn lock_number(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<(Option<String>, bool)>> {
    profiles::table
        .filter(profiles::user_id.eq_any(live_user(identity)))
        .select((profiles::phone_number, profiles::phone_verified))
        .for_update()
        .first(&mut conn)
        .await
        .optional()
}

/// The unique index ensures that only one account can verify a number, also under concurrency.
pub async fn set_verified(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    number: &PhoneNumber,
) -> QueryResult<Proven> {
    let same = profiles::table
        .filter(profiles::user_id.eq_any(live_user(identity)))
        .filter(profiles::phone_number.eq(number.as_str()));
    let updated = diesel::update(same)
        .set((
            profiles::phone_verified.eq(true),
            profiles::phone_verified_at.eq(now.into_sql::<Timestamptz>().nullable()),
            profiles::updated_at.eq(now),
        ))
        .execute(&mut conn)
        .await;
    match updated {
        Ok(1) => Ok(Proven::Yes),
        Ok(_) => Ok(Proven::Gone),
        Err(Error::DatabaseError(DatabaseErrorKind::UniqueViolation, _)) => Ok(Proven::Taken),
        Err(error) => Err(error),
    }
}
