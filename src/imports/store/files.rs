//! Outcomes of files.

use diesel::{
    dsl::{count_star, max},
    prelude::*,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    db::schema::{import_files, imports},
    imports::types::{File, Outcome},
};

/// An outcome to be stored.
#[derive(Insertable)]
#[diesel(table_name = import_files)]
pub struct NewFile<'a> {
    pub import_id: Uuid,
    pub number: i32,
    pub name: &'a str,
    pub outcome: String,
    pub code: Option<String>,
    pub message: Option<&'a str>,
    pub activity_ids: Vec<Uuid>,
    /// How many files it stands for.
    pub files: i32,
    pub warning: Option<&'a str>,
}

pub async fn add_file(mut conn: &AsyncPgConnection, file: &NewFile<'_>) -> QueryResult<usize> {
    diesel::insert_into(import_files::table).values(file).execute(&mut conn).await
}

/// Adds an outcome, or adds its `files` to the row with this number.
pub async fn add_files(mut conn: &AsyncPgConnection, file: &NewFile<'_>) -> QueryResult<usize> {
    diesel::insert_into(import_files::table)
        .values(file)
        .on_conflict((import_files::import_id, import_files::number))
        .do_update()
        .set(import_files::files.eq(import_files::files + file.files))
        .execute(&mut conn)
        .await
}

/// The number of the first file without an outcome: outcomes are written in the order of files.
pub async fn next_number(mut conn: &AsyncPgConnection, import_id: Uuid) -> QueryResult<i32> {
    let done: i32 = imports::table.find(import_id).select(imports::done).first(&mut conn).await?;
    // An older version of the server does not count them.
    let last: Option<i32> = import_files::table
        .filter(import_files::import_id.eq(import_id))
        .select(max(import_files::number))
        .first(&mut conn)
        .await?;
    Ok(done.max(last.map_or(0, |last| last + 1)))
}

/// For each reason for refusals: its code, its number of rows, and the number of the last one.
pub async fn refusals(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
) -> QueryResult<Vec<(Option<String>, i64, Option<i32>)>> {
    import_files::table
        .filter(import_files::import_id.eq(import_id))
        .filter(import_files::outcome.eq(Outcome::Refused.to_string()))
        .group_by(import_files::code)
        .select((import_files::code, count_star(), max(import_files::number)))
        .load(&mut conn)
        .await
}

/// The first `limit` files that were read with a warning.
pub async fn with_warnings(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    limit: i64,
) -> QueryResult<Vec<File>> {
    import_files::table
        .filter(import_files::import_id.eq(import_id))
        .filter(import_files::warning.is_not_null())
        .order(import_files::number)
        .limit(limit)
        .select(File::as_select())
        .load(&mut conn)
        .await
}

/// The first `limit` files after the number `after`.
pub async fn files(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    outcome: Option<Outcome>,
    after: i32,
    limit: i64,
) -> QueryResult<Vec<File>> {
    let mut query = import_files::table
        .filter(import_files::import_id.eq(import_id))
        .filter(import_files::number.gt(after))
        .order(import_files::number)
        .limit(limit)
        .select(File::as_select())
        .into_boxed();
    if let Some(outcome) = outcome {
        query = query.filter(import_files::outcome.eq(outcome.to_string()));
    }
    query.load(&mut conn).await
}
