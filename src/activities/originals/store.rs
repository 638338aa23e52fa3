//! Queries for original files.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::PackedFile;
use crate::{
    activities::store::coalesce,
    credentials::{Identity, live_user},
    db::{
        FetchOne,
        schema::{activities, originals},
    },
};

/// A file to be stored.
#[derive(Clone, Copy)]
pub struct NewOriginal<'a> {
    pub user_id: Uuid,
    pub file_name: &'a str,
    pub file: &'a PackedFile,
}

/// The row of a new file, with its content unless that is in a folder.
#[derive(Insertable)]
#[diesel(table_name = originals)]
pub struct NewRow<'a> {
    pub user_id: Uuid,
    pub sha256: &'a [u8],
    pub file_name: &'a str,
    pub bytes: i64,
    pub content: Option<&'a [u8]>,
    pub is_packed: bool,
}

/// A stored file, with its content unless that is in a folder.
#[derive(Queryable, QueryableByName, Selectable)]
#[diesel(table_name = originals)]
pub struct Original {
    pub sha256: Vec<u8>,
    pub file_name: String,
    pub content: Option<Vec<u8>>,
    pub is_packed: bool,
}

/// The file of an activity or of a record merged into it, if there is one; `None` if
/// there is no such activity.
pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    activity_id: Uuid,
) -> QueryResult<Option<Option<Original>>> {
    activities::table
        .left_join(originals::table)
        .filter(activities::id.eq(activity_id).or(activities::merged_into.eq(activity_id)))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .order((activities::original_id.is_null(), activities::id.ne(activity_id)))
        .select(Option::<Original>::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// The activities made from a file with this digest, or the activities that they are merged into.
pub async fn activities_of(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    sha256: &[u8],
) -> QueryResult<Vec<Uuid>> {
    activities::table
        .inner_join(originals::table)
        .filter(originals::user_id.eq(user_id))
        .filter(originals::sha256.eq(sha256))
        .order((activities::started_at, activities::id))
        .select(coalesce(activities::merged_into, activities::id))
        .load(&mut conn)
        .await
}

/// Those of `digests` that activities were made from, each with the earliest such activity or the
/// activity that it is merged into.
pub async fn known(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    digests: &[Vec<u8>],
) -> QueryResult<HashMap<Vec<u8>, Uuid>> {
    let known: Vec<(Vec<u8>, Uuid)> = activities::table
        .inner_join(originals::table)
        .filter(originals::user_id.eq(user_id))
        .filter(originals::sha256.eq_any(digests))
        // Of several rows with the same digest, `collect` keeps the last.
        .order((activities::started_at.desc(), activities::id.desc()))
        .select((originals::sha256, coalesce(activities::merged_into, activities::id)))
        .load(&mut conn)
        .await?;
    Ok(known.into_iter().collect())
}

/// Inserts a row and returns its id. A row with the same digest is reused.
pub async fn insert(mut conn: &AsyncPgConnection, new: &NewRow<'_>) -> QueryResult<Uuid> {
    diesel::insert_into(originals::table)
        .values(new)
        .on_conflict((originals::user_id, originals::sha256))
        .do_update()
        .set((
            originals::file_name.eq(new.file_name),
            originals::content.eq(new.content),
            originals::is_packed.eq(new.is_packed),
        ))
        .returning(originals::id)
        .fetch_one(&mut conn)
        .await
}

/// The digests of a user's files in the folder, and whether each is compressed.
pub async fn in_folder(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<Vec<(Vec<u8>, bool)>> {
    originals::table
        .filter(originals::user_id.eq(user_id))
        .filter(originals::content.is_null())
        .select((originals::sha256, originals::is_packed))
        .load(&mut conn)
        .await
}
