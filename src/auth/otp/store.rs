//! Statements about challenges. The database's clock decides when a code has expired.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Identifier, Proves};
use crate::{
    auth::Digest,
    db::{
        FetchOne,
        schema::{otp_challenges, profiles, users},
    },
};

/// How long a code can be used, in minutes.
const LIFE_MINUTES: i32 = 10;

/// How long a code that is sent again must still be good, in minutes.
const RESENDABLE_MINUTES: i32 = 2;

/// Attempts at one code that are compared.
const MOST_ATTEMPTS: i32 = 5;

/// Wrong codes within 24 hours after which an account takes no codes at all.
const MOST_FAILURES: &str = "10";

/// Attempts that failed within the last 24 hours, of the user `$1`.
const RECENT_FAILURES: &str = "
    (SELECT coalesce(sum(attempts), 0) - count(*) FILTER (WHERE used) FROM otp_challenges
     WHERE user_id = $1 AND created_at > now() - interval '24 hours')";

/// A challenge whose code can still be used.
#[derive(Queryable, Selectable)]
#[diesel(table_name = otp_challenges)]
pub struct LiveChallenge {
    pub channel: String,
    pub destination: String,
    pub code_hash: Digest,
}

/// The account that is known by `identifier`, locked until the transaction ends. An address always
/// is an identifier, a number only once it is proven.
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

/// Locks the account until the transaction ends.
pub async fn lock_user(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<()> {
    let account = users::table.find(user_id).select(users::id).for_no_key_update();
    account.first::<Uuid>(&mut conn).await.optional().map(drop)
}

/// Whether the account takes no codes for now.
pub async fn is_closed(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Bool)]
        is_closed: bool,
    }
    diesel::sql_query(format!("SELECT {RECENT_FAILURES} >= {MOST_FAILURES} AS is_closed"))
        .bind::<SqlUuid, _>(user_id)
        .fetch_one::<Row>(&mut conn)
        .await
        .map(|row| row.is_closed)
}

/// The newest challenge to `to`, while its code can be used for long enough to be sent again.
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
        .filter(otp_challenges::attempts.lt(MOST_ATTEMPTS))
        .filter(diesel::dsl::not(otp_challenges::used))
        .order(otp_challenges::created_at.desc())
        .select(otp_challenges::id)
        .first(&mut conn)
        .await
        .optional()
}

/// Ends whatever codes of this kind are still good.
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

/// Counts an attempt at the newest code, sent to `to` where that matters, if there is one that can
/// still be tried: its challenge. The caller has locked the account.
pub async fn count_attempt(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    proves: Proves,
    to: Option<&Identifier>,
) -> QueryResult<Option<Uuid>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let counted: Option<Row> = diesel::sql_query(format!(
        "UPDATE otp_challenges SET attempts = attempts + 1
         WHERE id = (SELECT id FROM otp_challenges
                     WHERE user_id = $1 AND purpose = $2 AND destination = coalesce($3, destination)
                     ORDER BY created_at DESC LIMIT 1)
           AND NOT used AND attempts < {MOST_ATTEMPTS} AND expires_at > now()
           AND {RECENT_FAILURES} < {MOST_FAILURES}
         RETURNING id"
    ))
    .bind::<SqlUuid, _>(user_id)
    .bind::<Text, _>(proves.to_string())
    .bind::<Nullable<Text>, _>(to.map(Identifier::as_str))
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(counted.map(|row| row.id))
}

/// Uses the code up, if it is the right one, and says to whom it was sent: whoever comes second finds
/// it used.
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

/// The challenge, while its code can still be used: what a message about it needs to know.
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

/// Forgets challenges whose failures count no longer; how many.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - 25.hours();
    diesel::delete(otp_challenges::table.filter(otp_challenges::created_at.lt(forgotten)))
        .execute(&mut conn)
        .await
}
