//! Queries for stored files and the activities made from them.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, BigInt, Bool, Bytea, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{activities::originals::Original, db::FetchOne};

/// Which files are read again.
#[derive(Clone, Copy, Debug, Default)]
pub struct Selection {
    /// The user whose files are read; `None` for all users.
    pub user_id: Option<Uuid>,
    /// Only files of activities that started at this time or later.
    pub since: Option<DateTime<Utc>>,
}

/// A stored file.
#[derive(QueryableByName)]
pub struct StoredFile {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    pub user_id: Uuid,
    #[diesel(sql_type = Text)]
    pub file_name: String,
    #[diesel(sql_type = Bytea)]
    sha256: Vec<u8>,
    #[diesel(sql_type = Nullable<Bytea>)]
    content: Option<Vec<u8>>,
    #[diesel(sql_type = Bool)]
    is_packed: bool,
}

impl StoredFile {
    /// The file as storage reads it.
    pub fn original(&mut self) -> Original {
        Original {
            sha256: std::mem::take(&mut self.sha256),
            file_name: self.file_name.clone(),
            content: self.content.take(),
            is_packed: self.is_packed,
        }
    }
}

/// SQL condition: the file has a selected activity.
const SELECTED: &str = "($1 IS NULL OR o.user_id = $1) AND EXISTS (
    SELECT FROM activities a WHERE a.original_id = o.id AND ($2 IS NULL OR a.started_at >= $2))";

/// The number of selected files.
pub async fn count(mut conn: &AsyncPgConnection, selection: Selection) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }
    let statement = format!("SELECT count(*) FROM originals o WHERE {SELECTED}");
    let row: Row = diesel::sql_query(statement)
        .bind::<Nullable<SqlUuid>, _>(selection.user_id)
        .bind::<Nullable<Timestamptz>, _>(selection.since)
        .fetch_one(&mut conn)
        .await?;
    Ok(row.count)
}

/// The next selected file after the id `after`.
pub async fn next(
    mut conn: &AsyncPgConnection,
    selection: Selection,
    after: Uuid,
) -> QueryResult<Option<StoredFile>> {
    let statement = format!(
        "SELECT id, user_id, file_name, sha256, content, is_packed FROM originals o
         WHERE {SELECTED} AND o.id > $3 ORDER BY o.id LIMIT 1"
    );
    diesel::sql_query(statement)
        .bind::<Nullable<SqlUuid>, _>(selection.user_id)
        .bind::<Nullable<Timestamptz>, _>(selection.since)
        .bind::<SqlUuid, _>(after)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// The files of a user's activity and of the records merged into it.
pub async fn files_of(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    activity_id: Uuid,
) -> QueryResult<Vec<StoredFile>> {
    diesel::sql_query(
        "SELECT id, user_id, file_name, sha256, content, is_packed FROM originals o
         WHERE o.user_id = $1 AND o.id IN (
             SELECT original_id FROM activities a
             WHERE (a.id = $2 OR a.merged_into = $2) AND a.user_id = $1)
         ORDER BY o.id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(activity_id)
    .load(&mut conn)
    .await
}

/// An activity that was made from a file.
#[derive(QueryableByName)]
pub struct Made {
    #[diesel(sql_type = SqlUuid)]
    pub id: Uuid,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    pub merged_into: Option<Uuid>,
    #[diesel(sql_type = Text)]
    pub activity_type: String,
    #[diesel(sql_type = Timestamptz)]
    pub started_at: DateTime<Utc>,
    #[diesel(sql_type = Int4)]
    pub span_secs: i32,
    #[diesel(sql_type = Text)]
    pub source: String,
    #[diesel(sql_type = Nullable<Array<Text>>)]
    pub edited: Option<Vec<String>>,
    #[diesel(sql_type = Bool)]
    pub was_changed: bool,
}

/// The activities that were made from a file, ordered by their start.
pub async fn made_of(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    original_id: Uuid,
) -> QueryResult<Vec<Made>> {
    diesel::sql_query(
        "SELECT id, merged_into, activity_type, started_at, greatest(duration_secs, elapsed_secs) AS span_secs, source,
                edited, updated_at <> created_at AS was_changed
         FROM activities WHERE user_id = $1 AND original_id = $2
         ORDER BY started_at, id",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<SqlUuid, _>(original_id)
    .load(&mut conn)
    .await
}
