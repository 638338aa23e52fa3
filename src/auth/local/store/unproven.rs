//! Purges registrations that nobody verified, and accounts without any verified login method.

use diesel::{
    dsl::{IntervalDsl, now},
    prelude::*,
    sql_types::{Array, BigInt, Integer, Timestamptz, Untyped, Uuid as SqlUuid},
};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::{
    FixedSql,
    schema::{auth_events, registrations},
};

/// How long a registration is kept after its token has expired. Until then, the token
/// can be mailed again.
const REGISTRATION_DAYS: i32 = 3;

/// Accounts older than this are deleted if they have no verified login method.
const ACCOUNT_DAYS: i32 = 7;

/// The maximum number of accounts deleted in one transaction.
const AT_ONCE: i64 = 500;

/// The number of deleted rows.
#[derive(Clone, Copy, Debug, Default)]
pub struct Purged {
    pub registrations: usize,
    pub accounts: usize,
}

/// The condition for user `u`: no login method was ever verified, and no verification is pending.
const UNPROVEN: &str = "
    u.created_at < now() - make_interval(days => $1)
    AND NOT EXISTS (SELECT FROM local_credentials c WHERE c.user_id = u.id
                    AND (c.email_verified OR c.reset_expires > now()))
    AND NOT EXISTS (SELECT FROM profiles p WHERE p.user_id = u.id AND p.phone_verified)
    AND NOT EXISTS (SELECT FROM oauth_connections o WHERE o.user_id = u.id)
    AND NOT EXISTS (SELECT FROM registrations r WHERE r.user_id = u.id)
    AND NOT EXISTS (SELECT FROM otp_challenges c WHERE c.user_id = u.id AND c.expires_at > now())
    AND NOT EXISTS (SELECT FROM sessions s WHERE s.user_id = u.id)
    AND NOT EXISTS (SELECT FROM activities a WHERE a.user_id = u.id)";

/// Deletes old registrations and unverified accounts, with all their data.
pub async fn purge(conn: &mut AsyncPgConnection) -> QueryResult<Purged> {
    let purged = Purged { registrations: purge_registrations(conn).await?, accounts: 0 };
    let mut accounts = 0;
    loop {
        let deleted = conn.transaction(async |conn| purge_accounts(conn).await).await?;
        accounts += deleted;
        if i64::try_from(deleted).is_ok_and(|deleted| deleted < AT_ONCE) {
            return Ok(Purged { accounts, ..purged });
        }
    }
}

async fn purge_registrations(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let forgotten = now.into_sql::<Timestamptz>() - REGISTRATION_DAYS.days();
    diesel::delete(registrations::table.filter(registrations::verify_expires.lt(forgotten)))
        .execute(&mut conn)
        .await
}

/// Locks the rows and then checks the condition again: an account may be verified meanwhile, and
/// the locking statement does not see that in other tables. Rows that others have locked are in
/// use and are skipped.
async fn purge_accounts(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let locked: Vec<Row> = FixedSql::<Untyped>::new(format!(
        "SELECT u.id FROM users u WHERE {UNPROVEN} LIMIT $2 FOR UPDATE OF u SKIP LOCKED"
    ))
    .bind::<Integer, _>(ACCOUNT_DAYS)
    .bind::<BigInt, _>(AT_ONCE)
    .load(&mut conn)
    .await?;
    let ids: Vec<Uuid> = locked.into_iter().map(|row| row.id).collect();
    let deleted: Vec<Row> = FixedSql::<Untyped>::new(format!(
        "DELETE FROM users u WHERE {UNPROVEN} AND u.id = ANY($2) RETURNING u.id"
    ))
    .bind::<Integer, _>(ACCOUNT_DAYS)
    .bind::<Array<SqlUuid>, _>(ids)
    .load(&mut conn)
    .await?;
    let deleted: Vec<Uuid> = deleted.into_iter().map(|row| row.id).collect();
    let of_them = auth_events::table.filter(auth_events::user_id.eq_any(&deleted));
    diesel::delete(of_them).execute(&mut conn).await?;
    Ok(deleted.len())
}
