//! SQL statements about invitations.

use diesel::{
    dsl::{auto_type, now},
    prelude::*,
    sql_types::{BigInt, Bool, Bytea, Double, Integer, Nullable, Text, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::types::{Invitation, NewInvitation};
use crate::{
    credentials::{Digest, EmailAddress, Identity, live_session},
    db::{
        FetchOne, lock_name,
        schema::{invitations, users},
    },
};

/// How many people a user may have invited: those who came, and those who still may.
const TAKEN: &str =
    "(SELECT coalesce(sum(CASE WHEN i.expires_at > now() THEN i.uses ELSE i.used END), 0)
                      FROM invitations i WHERE i.user_id = u.id)";

/// Inserts an invitation of the live user, unless that is more than `limit` people. Admins have no
/// limit.
pub async fn insert(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    digest: &Digest,
    new: &NewInvitation,
    limit: u32,
) -> QueryResult<Option<Invitation>> {
    lock_name(conn, &format!("invitations {}", identity.user_id)).await?;
    let inserted = diesel::sql_query(format!(
        "INSERT INTO invitations (id, user_id, digest, email, uses, expires_at)
         SELECT $1, u.id, $2, $3, $4, now() + make_interval(secs => $5)
         FROM users u JOIN sessions s ON s.user_id = u.id
         WHERE u.id = $6 AND u.token_version = $7 AND s.id = $8
           AND (u.is_admin OR {TAKEN} + $4 <= $9)"
    ))
    .bind::<SqlUuid, _>(id)
    .bind::<Bytea, _>(digest)
    .bind::<Nullable<Text>, _>(new.email.as_ref().map(EmailAddress::as_str))
    .bind::<Integer, _>(new.uses)
    .bind::<Double, _>(new.seconds)
    .bind::<SqlUuid, _>(identity.user_id)
    .bind::<Integer, _>(identity.token_version)
    .bind::<SqlUuid, _>(identity.session_id)
    .bind::<BigInt, _>(i64::from(limit))
    .execute(&mut conn)
    .await?;
    if inserted == 0 { Ok(None) } else { find(conn, id).await }
}

/// Inserts an invitation of the operator.
pub async fn insert_of_operator(
    mut conn: &AsyncPgConnection,
    id: Uuid,
    digest: &Digest,
    new: &NewInvitation,
) -> QueryResult<()> {
    diesel::sql_query(
        "INSERT INTO invitations (id, digest, email, uses, expires_at)
         VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))",
    )
    .bind::<SqlUuid, _>(id)
    .bind::<Bytea, _>(digest)
    .bind::<Nullable<Text>, _>(new.email.as_ref().map(EmailAddress::as_str))
    .bind::<Integer, _>(new.uses)
    .bind::<Double, _>(new.seconds)
    .execute(&mut conn)
    .await
    .map(drop)
}

pub async fn find(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<Invitation>> {
    let query = invitations::table.find(id).select(Invitation::as_select());
    query.first(&mut conn).await.optional()
}

/// The digest of an invitation's secret, or `None` if it is gone.
pub async fn digest(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<Digest>> {
    invitations::table.find(id).select(invitations::digest).first(&mut conn).await.optional()
}

/// The invitations with which somebody may still register. A locked user invites nobody.
#[auto_type]
fn live() -> _ {
    let locked = users::table.filter(users::locked_at.is_not_null()).select(users::id.nullable());
    invitations::table
        .filter(invitations::expires_at.gt(now))
        .filter(invitations::used.lt(invitations::uses))
        .filter(invitations::user_id.is_null().or(invitations::user_id.ne_all(locked)))
}

/// The live invitation with this secret.
pub async fn find_by_digest(
    mut conn: &AsyncPgConnection,
    digests: &[Digest],
) -> QueryResult<Option<Invitation>> {
    let query = live().filter(invitations::digest.eq_any(digests));
    query.select(Invitation::as_select()).first(&mut conn).await.optional()
}

/// The live invitation for this address, the operator's first.
pub async fn find_for(
    mut conn: &AsyncPgConnection,
    email: &EmailAddress,
) -> QueryResult<Option<Invitation>> {
    live()
        .filter(invitations::email.eq(email.as_str()))
        .order((invitations::user_id.asc().nulls_first(), invitations::created_at))
        .select(Invitation::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// Takes one use. False if none is left. Not limited by the expiry: a person who registered in time
/// may verify the address later.
pub async fn take(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let left = invitations::table.find(id).filter(invitations::used.lt(invitations::uses));
    let taken = diesel::update(left).set(invitations::used.eq(invitations::used + 1));
    Ok(taken.execute(&mut conn).await? == 1)
}

/// The live user's invitations that have not expired.
#[auto_type(no_type_alias)]
fn own(identity: Identity) -> _ {
    let live: live_session = live_session(identity);
    invitations::table
        .filter(invitations::user_id.eq_any(live.select(users::id.nullable())))
        .filter(invitations::expires_at.gt(now))
}

/// The live user's invitations that have not expired, newest first.
pub async fn list(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Vec<Invitation>> {
    own(identity)
        .order((invitations::created_at.desc(), invitations::id))
        .select(Invitation::as_select())
        .load(&mut conn)
        .await
}

/// All invitations that have not expired, newest first.
pub async fn list_all(mut conn: &AsyncPgConnection) -> QueryResult<Vec<Invitation>> {
    invitations::table
        .filter(invitations::expires_at.gt(now))
        .order((invitations::created_at.desc(), invitations::id))
        .select(Invitation::as_select())
        .load(&mut conn)
        .await
}

/// How many people the user has invited, and whether the user is an admin.
pub async fn taken(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<(i64, bool)> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        taken: i64,
        #[diesel(sql_type = Bool)]
        is_admin: bool,
    }
    let row: Row = diesel::sql_query(format!(
        "SELECT {TAKEN}::bigint AS taken, u.is_admin FROM users u WHERE u.id = $1"
    ))
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await?;
    Ok((row.taken, row.is_admin))
}

/// Whether the live user has this invitation.
pub async fn is_own(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<bool> {
    let own = own(identity).filter(invitations::id.eq(id)).select(invitations::id);
    Ok(own.first::<Uuid>(&mut conn).await.optional()?.is_some())
}

/// Revokes an invitation. It stays in the table if it was used, so that its inviter cannot invite
/// more people by revoking.
pub async fn revoke(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let unused = invitations::table.find(id).filter(invitations::used.eq(0));
    if diesel::delete(unused).execute(&mut conn).await? == 1 {
        return Ok(true);
    }
    let ended = diesel::update(invitations::table.find(id))
        .set((invitations::uses.eq(invitations::used), invitations::expires_at.eq(now)));
    Ok(ended.execute(&mut conn).await? == 1)
}

/// Deletes expired invitations that no longer count, and returns how many. An unused one is kept
/// for the day in which a registration with it may be verified.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    diesel::sql_query(
        "DELETE FROM invitations
         WHERE expires_at < now() - interval '1 day' AND (used = 0 OR user_id IS NULL)",
    )
    .execute(&mut conn)
    .await
}
