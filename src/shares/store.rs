//! SQL statements for shares.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{auto_type, exists, now, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Bytea, Integer, Jsonb, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::Value;
use uuid::Uuid;

use crate::{
    credentials::{Identity, live_user},
    db::{
        FetchOne, lock_name,
        schema::{activities, shares, users},
    },
};

/// Maximum number of shares per user.
pub const MAX_SHARES: i64 = 100;

/// The columns of a share that its owner sees.
pub type Row = (Uuid, Value, DateTime<Utc>, Option<DateTime<Utc>>);

/// The columns of a new share.
pub struct NewRow {
    pub id: Uuid,
    pub digest: Vec<u8>,
    pub activity_id: Option<Uuid>,
    pub picture: Value,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Returns `None` if the user is at the limit, if the activity does not exist, or if the identity
/// has ended. Expired shares are deleted first.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    new: NewRow,
) -> QueryResult<Option<Row>> {
    #[derive(QueryableByName)]
    struct Inserted {
        #[diesel(sql_type = Timestamptz)]
        created_at: DateTime<Utc>,
    }
    lock_name(conn, &format!("shares {}", identity.user_id)).await?;
    let inserted: Option<Inserted> = diesel::sql_query(
        "WITH ended AS (DELETE FROM shares WHERE user_id = $5 AND expires_at <= now())
         INSERT INTO shares (id, user_id, digest, activity_id, picture, expires_at)
         SELECT $9, u.id, $1, $2, $3, $4 FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $5 AND u.token_version = $6 AND s.id = $7
           AND ($2 IS NULL OR EXISTS (SELECT FROM activities WHERE id = $2 AND user_id = $5))
           AND (SELECT count(*) FROM shares WHERE user_id = $5 AND coalesce(expires_at > now(), true)) < $8
         RETURNING created_at",
    )
    .bind::<Bytea, _>(new.digest)
    .bind::<Nullable<SqlUuid>, _>(new.activity_id)
    .bind::<Jsonb, _>(&new.picture)
    .bind::<Nullable<Timestamptz>, _>(new.expires_at)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<BigInt, _>(MAX_SHARES)
    .bind::<SqlUuid, _>(new.id)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(inserted.map(|row| (new.id, new.picture, row.created_at, new.expires_at)))
}

/// Returns the digest of the share's link, or `None` if the share is gone.
pub async fn digest(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<Vec<u8>>> {
    shares::table.find(id).select(shares::digest).first(&mut conn).await.optional()
}

/// Returns whether the user has this activity.
pub async fn has_activity(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let own = activities::table.find(id).filter(activities::user_id.eq(identity.user_id));
    diesel::select(exists(own)).fetch_one(&mut conn).await
}

#[auto_type(no_type_alias)]
fn own(identity: Identity) -> _ {
    let owner: live_user = live_user(identity);
    shares::table.filter(shares::user_id.eq_any(owner))
}

/// Returns the shares that have not expired, newest first.
pub async fn list(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Vec<Row>> {
    own(identity)
        .filter(sql::<Bool>("coalesce(shares.expires_at > now(), true)"))
        .order((shares::created_at.desc(), shares::id))
        .select((shares::id, shares::picture, shares::created_at, shares::expires_at))
        .load(&mut conn)
        .await
}

/// Returns the id, or `None` if the share did not exist.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Uuid>> {
    diesel::delete(own(identity).filter(shares::id.eq(id)))
        .returning(shares::id)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// Deletes expired shares.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let is_over = shares::expires_at.le(now.into_sql::<Timestamptz>().nullable());
    diesel::delete(shares::table.filter(is_over)).execute(&mut conn).await
}

/// Returns the owner and the picture of a link by its digest, unless it has expired or its owner is
/// locked.
pub async fn find(
    mut conn: &AsyncPgConnection,
    digest: &[u8],
) -> QueryResult<Option<(Uuid, Value)>> {
    shares::table
        .inner_join(users::table)
        .filter(shares::digest.eq(digest))
        .filter(
            shares::expires_at
                .is_null()
                .or(shares::expires_at.gt(now.into_sql::<Timestamptz>().nullable())),
        )
        .filter(users::locked_at.is_null())
        .select((shares::user_id, shares::picture))
        .first(&mut conn)
        .await
        .optional()
}
