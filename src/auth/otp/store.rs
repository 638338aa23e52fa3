//! SQL statements about challenges. Expiry is decided by the database's clock.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::Timestamptz,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Identifier, Proves};
use crate::{
    credentials::Digest,
    db::{
        FetchOne,
        schema::{otp_challenges, profiles, users},
    },
};

/// The lifetime of a code, in minutes.
const LIFE_MINUTES: i32 = 10;

/// A code is sent again if it is valid for at least this long, in minutes.
const RESENDABLE_MINUTES: i32 = 2;

/// A challenge whose code is still valid.
#[derive(Queryable, Selectable)]
#[diesel(table_name = otp_challenges)]
pub struct LiveChallenge {
    pub channel: String,
    pub destination: String,
    pub code_hash: Digest,
}

/// The account with this `identifier`, locked until the end of the transaction. A phone number
/// identifies an account only if it is verified.
pub async fn lock_account(
    mut conn: &AsyncPgConnection,
    identifier: &Identifier,
) -> QueryResult<Option<Uuid>> {
    let account = users::table.select(users::id).for_no_key_update();
    match identifier {
        Identifier::Email(email) => {
            account.filter(users::email.eq(email.as_str())).first(&mut conn).await.optional()
        }
        Identifier::Phone(number) => {
            let proven = profiles::table
                .filter(profiles::phone_number.eq(number.as_str()))
                .filter(profiles::phone_verified)
                .select(profiles::user_id);
            account.filter(users::id.eq_any(proven)).first(&mut conn).await.optional()
        }
    }
}

/// Locks the account until the end of the transaction.
pub async fn lock_user(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    let account = users::table.find(user_id).select(users::id).for_no_key_update();
    account.first::<Uuid>(&mut conn).await.optional().map(drop)
}

/// The newest challenge to `to`, if its code is valid for long enough to be sent again.
pub async fn find_resendable(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    proves: Proves,
    to: &Identifier,
) -> QueryResult<Option<Uuid>> {
    let long_enough = now.into_sql::<Timestamptz>() + RESENDABLE_MINUTES.minutes();
    otp_challenges::table
        .filter(otp_challenges::user_id.eq(user_id))
        .filter(otp_challenges::purpose.eq(proves.to_string()))
        .filter(otp_challenges::destination.eq(to.as_str()))
        .filter(otp_challenges::expires_at.gt(long_enough))
        .filter(diesel::dsl::not(otp_challenges::used))
        .order(otp_challenges::created_at.desc())
        .select(otp_challenges::id)
        .first(&mut conn)
        .await
        .optional()
}

/// Ends all valid codes for this purpose and channel.
pub async fn void_challenges(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    proves: Proves,
    to: &Identifier,
) -> QueryResult<()> {
    let live = otp_challenges::table
        .filter(otp_challenges::user_id.eq(user_id))
        .filter(otp_challenges::purpose.eq(proves.to_string()))
        .filter(otp_challenges::channel.eq(to.channel().to_string()))
        .filter(otp_challenges::expires_at.gt(now));
    diesel::update(live).set(otp_challenges::expires_at.eq(now)).execute(&mut conn).await.map(drop)
}

pub async fn insert_challenge(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    user_id: Uuid,
    proves: Proves,
    to: &Identifier,
    code_hash: &[u8],
) -> QueryResult<()> {
    diesel::insert_into(otp_challenges::table)
        .values((
            otp_challenges::id.eq(id),
            otp_challenges::user_id.eq(user_id),
            otp_challenges::purpose.eq(proves.to_string()),
            otp_challenges::channel.eq(to.channel().to_string()),
            otp_challenges::destination.eq(to.as_str()),
            otp_challenges::code_hash.eq(code_hash),
            otp_challenges::expires_at.eq(now.into_sql::<Timestamptz>() + LIFE_MINUTES.minutes()),
        ))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// The newest challenge (sent to `to`, if given), if its code is still valid.
pub async fn find_newest(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    proves: Proves,
    to: Option<&Identifier>,
) -> QueryResult<Option<Uuid>> {
    let mut challenges = otp_challenges::table
        .filter(otp_challenges::user_id.eq(user_id))
        .filter(otp_challenges::purpose.eq(proves.to_string()))
        .order(otp_challenges::created_at.desc())
        .select((
            otp_challenges::id,
            otp_challenges::expires_at.gt(now).and(diesel::dsl::not(otp_challenges::used)),
        ))
        .into_boxed();
    if let Some(to) = to {
        challenges = challenges.filter(otp_challenges::destination.eq(to.as_str()));
    }
    let newest: Option<(Uuid, bool)> = challenges.first(&mut conn).await.optional()?;
    Ok(newest.filter(|(_, is_live)| *is_live).map(|(id, _)| id))
}

pub async fn count_attempt(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<()> {
    diesel::update(otp_challenges::table.find(id))
        .set(otp_challenges::attempts.eq(otp_challenges::attempts + 1))
        .execute(&mut conn)
        .await
        .map(drop)
}

/// Uses up the code if it is correct, and returns where it was sent. Of two concurrent calls, the
/// second finds the code used.
pub async fn use_code(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    digests: &[Digest],
) -> QueryResult<Option<String>> {
    let unused = otp_challenges::table
        .find(id)
        .filter(otp_challenges::code_hash.eq_any(digests))
        .filter(otp_challenges::expires_at.gt(now))
        .filter(diesel::dsl::not(otp_challenges::used));
    diesel::update(unused)
        .set(otp_challenges::used.eq(true))
        .returning(otp_challenges::destination)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// The data of a challenge for its message, if its code is still valid.
pub async fn find_live(
    mut conn: &AsyncPgConnection,
    id: Uuid,
) -> QueryResult<Option<LiveChallenge>> {
    otp_challenges::table
        .find(id)
        .filter(otp_challenges::expires_at.gt(now))
        .filter(diesel::dsl::not(otp_challenges::used))
        .select(LiveChallenge::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Deletes challenges whose failures no longer count, and returns how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - 25.hours();
    diesel::delete(otp_challenges::table.filter(otp_challenges::created_at.lt(forgotten)))
        .execute(&mut conn)
        .await
}
