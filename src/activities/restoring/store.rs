//! Queries that check whether an activity exists.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use crate::{
    activities::store::coalesce,
    db::schema::{activities, originals},
};

/// Where an activity of another server is stored on this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdLocation {
    /// The user already has it, under this id.
    There(Uuid),
    /// It does not exist yet and can be stored under this id.
    Free(Uuid),
}

/// Where the user's activity `id` is stored, or can be stored. If another user has `id` on this
/// server, an id derived from `user_id` and `id` is used instead, which is always the same.
pub async fn place(conn: &AsyncPgConnection, user_id: Uuid, id: Uuid) -> QueryResult<IdLocation> {
    for id in [id, derived(user_id, id)] {
        match owner(conn, id).await? {
            None => return Ok(IdLocation::Free(id)),
            Some(owner) if owner == user_id => return Ok(IdLocation::There(id)),
            Some(_) => {}
        }
    }
    Ok(IdLocation::Free(Uuid::new_v4()))
}

/// The shown activity for the user's activity `id`, as this server or another one assigned it.
pub async fn shown(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    id: Uuid,
) -> QueryResult<Option<Uuid>> {
    activities::table
        .filter(activities::id.eq_any([id, derived(user_id, id)]))
        .filter(activities::user_id.eq(user_id))
        .select(coalesce(activities::merged_into, activities::id))
        .for_no_key_update()
        .first(&mut conn)
        .await
        .optional()
}

async fn owner(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<Uuid>> {
    activities::table.find(id).select(activities::user_id).first(&mut conn).await.optional()
}

fn derived(user_id: Uuid, id: Uuid) -> Uuid {
    let digest = Sha256::new_with_prefix(user_id).chain_update(id).finalize();
    let mut bytes = [0; 16];
    bytes.iter_mut().zip(digest).for_each(|(byte, digit)| *byte = digit);
    Builder::from_custom_bytes(bytes).into_uuid()
}

/// The activity made from the same part of a file with this digest, or the activity
/// that it is merged into.
pub async fn same_of_file(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    sha256: &[u8],
    (started_at, duration_secs): (DateTime<Utc>, i32),
) -> QueryResult<Option<Uuid>> {
    activities::table
        .inner_join(originals::table)
        .filter(originals::user_id.eq(user_id))
        .filter(originals::sha256.eq(sha256))
        .filter(activities::started_at.eq(started_at))
        .filter(activities::duration_secs.eq(duration_secs))
        .select(coalesce(activities::merged_into, activities::id))
        .first(&mut conn)
        .await
        .optional()
}
