//! SQL statements about accounts for operators. They select metadata, never the content of a log.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{exists, not, now},
    prelude::*,
    sql_types::{Array, BigInt, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Serialize;
use uuid::Uuid;

use crate::db::{FetchOne, schema::users};

/// A summary of an account.
#[derive(QueryableByName, Serialize)]
pub struct Overview {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<Text>)]
    pub email: Option<String>,
    #[diesel(sql_type = Bool)]
    pub email_verified: bool,
    #[diesel(sql_type = Timestamptz)]
    pub created_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub locked_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = Bool)]
    pub has_password: bool,
    #[diesel(sql_type = Bool)]
    pub has_proven_number: bool,
    #[diesel(sql_type = Array<Text>)]
    pub connections: Vec<String>,
    #[diesel(sql_type = BigInt)]
    pub sessions: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_login_at: Option<DateTime<Utc>>,
    #[diesel(sql_type = BigInt)]
    pub activities: i64,
    /// The size of the files and streams that are kept of the activities.
    #[diesel(sql_type = BigInt)]
    pub bytes: i64,
    #[diesel(sql_type = Bool)]
    pub is_admin: bool,
}

const OVERVIEW: &str = "
    SELECT u.id, u.email, u.created_at, u.locked_at,
           coalesce(c.email_verified, false) AS email_verified,
           coalesce(c.password_hash IS NOT NULL, false) AS has_password,
           coalesce(p.phone_verified, false) AS has_proven_number,
           ARRAY(SELECT o.provider FROM oauth_connections o WHERE o.user_id = u.id
                 ORDER BY o.created_at) AS connections,
           (SELECT count(*) FROM sessions s WHERE s.user_id = u.id
            AND s.token_version = u.token_version AND s.expires_at > now()) AS sessions,
           (SELECT max(e.at) FROM auth_events e WHERE e.user_id = u.id AND e.kind = 'login') AS last_login_at,
           (SELECT count(*) FROM activities a WHERE a.user_id = u.id AND a.merged_into IS NULL) AS activities,
           (SELECT coalesce(sum(o.bytes), 0) FROM originals o WHERE o.user_id = u.id)::bigint
           + (SELECT coalesce(sum(octet_length(s.data)), 0) FROM activity_streams s
              JOIN activities a ON a.id = s.activity_id WHERE a.user_id = u.id)::bigint AS bytes,
           u.is_admin
    FROM users u
    LEFT JOIN local_credentials c ON c.user_id = u.id
    LEFT JOIN profiles p ON p.user_id = u.id";

/// The account with this address or id.
pub async fn find(mut conn: &AsyncPgConnection, who: &str) -> QueryResult<Option<Overview>> {
    diesel::sql_query(format!("{OVERVIEW} WHERE u.email = $1 OR u.id::text = $1"))
        .bind::<Text, _>(who)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// Selects all accounts, oldest first.
pub async fn list(mut conn: &AsyncPgConnection) -> QueryResult<Vec<Overview>> {
    diesel::sql_query(format!("{OVERVIEW} ORDER BY u.created_at, u.id")).load(&mut conn).await
}

/// Returns whether this changed anything.
pub async fn set_locked(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    locked: bool,
) -> QueryResult<bool> {
    let changes = users::table.find(user_id).filter(users::locked_at.is_null().eq(locked));
    let updated = if locked {
        diesel::update(changes).set(users::locked_at.eq(now)).execute(&mut conn).await?
    } else {
        let never = None::<DateTime<Utc>>;
        diesel::update(changes).set(users::locked_at.eq(never)).execute(&mut conn).await?
    };
    Ok(updated == 1)
}

/// Whether there is no account yet.
pub async fn has_none(mut conn: &AsyncPgConnection) -> QueryResult<bool> {
    diesel::select(not(exists(users::table.select(users::id)))).fetch_one(&mut conn).await
}

/// The addresses of all accounts.
pub async fn emails(mut conn: &AsyncPgConnection) -> QueryResult<Vec<String>> {
    let with_address = users::table.filter(users::email.is_not_null());
    with_address.select(users::email.assume_not_null()).load(&mut conn).await
}

/// Returns whether this changed anything.
pub async fn set_admin(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    is_admin: bool,
) -> QueryResult<bool> {
    let changes = users::table.find(user_id).filter(users::is_admin.ne(is_admin));
    let updated = diesel::update(changes).set(users::is_admin.eq(is_admin));
    Ok(updated.execute(&mut conn).await? == 1)
}
