//! Uploads, stored in rows.

use diesel::{
    prelude::*,
    sql_types::{BigInt, Binary, Integer, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::db::schema::{import_chunks, import_parts};

/// Bytes per row. Only the last row of a part may have fewer.
pub const CHUNK_BYTES: usize = 256 * 1024;

/// Parts from this number on are archives that were found in other archives.
pub const FIRST_NESTED: i32 = 1_000_000;

/// An uploaded file.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = import_parts)]
pub struct Part {
    pub part: i32,
    pub name: String,
    pub bytes: i64,
}

/// Adds a file. Its chunks come next, then [`end_part`].
pub async fn add_part(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    part: i32,
    name: &str,
) -> QueryResult<usize> {
    diesel::insert_into(import_parts::table)
        .values((
            import_parts::import_id.eq(import_id),
            import_parts::part.eq(part),
            import_parts::name.eq(name),
        ))
        .execute(&mut conn)
        .await
}

pub async fn add_chunk(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    part: i32,
    number: i32,
    data: &[u8],
) -> QueryResult<usize> {
    diesel::insert_into(import_chunks::table)
        .values((
            import_chunks::import_id.eq(import_id),
            import_chunks::part.eq(part),
            import_chunks::number.eq(number),
            import_chunks::data.eq(data),
        ))
        .execute(&mut conn)
        .await
}

/// Stores a chunk of an upload. False if the upload has been given up, or if the user's unfinished
/// imports would have more than `max_bytes` in total.
pub async fn receive_chunk(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    (part, number): (i32, i32),
    data: &[u8],
    max_bytes: i64,
) -> QueryResult<bool> {
    let received = diesel::sql_query(
        "WITH room AS (
             UPDATE imports i SET bytes = bytes + octet_length($4), progressed_at = now()
             WHERE id = $1 AND status = 'receiving'
               AND octet_length($4) + (SELECT sum(bytes) FROM imports o
                                       WHERE o.user_id = i.user_id AND o.finished_at IS NULL) <= $5
             RETURNING id)
         INSERT INTO import_chunks (import_id, part, number, data) SELECT id, $2, $3, $4 FROM room",
    )
    .bind::<SqlUuid, _>(import_id)
    .bind::<Integer, _>(part)
    .bind::<Integer, _>(number)
    .bind::<Binary, _>(data)
    .bind::<BigInt, _>(max_bytes)
    .execute(&mut conn)
    .await?;
    Ok(received == 1)
}

pub async fn end_part(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    part: i32,
    bytes: i64,
) -> QueryResult<usize> {
    diesel::update(import_parts::table.find((import_id, part)))
        .set(import_parts::bytes.eq(bytes))
        .execute(&mut conn)
        .await
}

/// The uploaded files, in order.
pub async fn parts(mut conn: &AsyncPgConnection, import_id: Uuid) -> QueryResult<Vec<Part>> {
    import_parts::table
        .filter(import_parts::import_id.eq(import_id))
        .filter(import_parts::part.lt(FIRST_NESTED))
        .order(import_parts::part)
        .select(Part::as_select())
        .load(&mut conn)
        .await
}

/// `None` if the chunk is gone, because the import was cancelled.
pub async fn chunk(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    part: i32,
    number: i32,
) -> QueryResult<Option<Vec<u8>>> {
    import_chunks::table
        .find((import_id, part, number))
        .select(import_chunks::data)
        .first(&mut conn)
        .await
        .optional()
}

/// Deletes the copies of archives that were found in other archives, from `part` on.
pub async fn delete_nested(
    mut conn: &AsyncPgConnection,
    import_id: Uuid,
    part: i32,
) -> QueryResult<usize> {
    let nested = import_parts::table
        .filter(import_parts::import_id.eq(import_id))
        .filter(import_parts::part.ge(part));
    diesel::delete(nested).execute(&mut conn).await
}
