//! Imports as their owners see them.

use diesel::{
    dsl::{IntervalDsl, exists, now, sql},
    prelude::*,
    sql_types::{BigInt, Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    credentials::{Identity, live_session, live_user},
    db::{
        FetchOne, JsonText, lock_name,
        schema::{imports, sessions, users},
    },
    error::{ApiError, ApiResult},
    imports::types::{Counts, IgnoredFile, Import, Received, Status, Tally},
};

/// The channel that wakes the runners.
pub const NOTIFY_CHANNEL: &str = "imports";

/// Maximum number of unfinished imports per user.
const MAX_UNFINISHED: i64 = 5;

const KEPT_DAYS: i32 = 30;

/// An upload without a new chunk for this long counts as broken off. This also ends an upload that
/// is slower than a kilobyte per second.
const STALE_MINUTES: i32 = 5;

/// Creates an import to receive an upload, in the caller's transaction. Only a login may use it to
/// restore an account. `None` if the user has too many imports, or the token has ended.
pub async fn create(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Option<Uuid>> {
    lock_name(conn, &format!("imports {}", identity.user_id)).await?;
    purge_stale(conn).await?;
    let unfinished = sql::<Bool>(
        "(SELECT count(*) FROM imports i WHERE i.user_id = users.id AND i.finished_at IS NULL) < ",
    )
    .bind::<BigInt, _>(MAX_UNFINISHED);
    live_session(identity)
        .filter(unfinished)
        .select((users::id, sessions::method.ne("token")))
        .insert_into(imports::table)
        .into_columns((imports::user_id, imports::may_restore))
        .returning(imports::id)
        .fetch_one(&mut conn)
        .await
        .optional()
}

/// Creates an import for the operator, who has no token.
pub async fn create_for(mut conn: &AsyncPgConnection, user_id: Uuid) -> QueryResult<Uuid> {
    diesel::insert_into(imports::table)
        .values(imports::user_id.eq(user_id))
        .returning(imports::id)
        .fetch_one(&mut conn)
        .await
}

/// Marks an upload as complete: from now on it will be imported, even if the server restarts.
/// `None` if it was cancelled or deleted meanwhile, or if the token has ended.
pub async fn submit(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    received: &Received,
) -> ApiResult<Option<Import>> {
    let own = imports::table
        .filter(imports::id.eq(id))
        .filter(imports::status.eq(Status::Receiving.to_string()))
        .filter(imports::user_id.eq_any(live_user(identity)));
    let details = received.details.as_ref().map(JsonText::of).transpose();
    let details = details.map_err(ApiError::internal)?;
    let import = diesel::update(own)
        .set((
            imports::status.eq(Status::Waiting.to_string()),
            imports::bytes.eq(received.bytes),
            imports::details.eq(details),
            imports::progressed_at.eq(now),
        ))
        .returning(Import::as_returning())
        .fetch_one(&mut conn)
        .await
        .optional()?;
    if import.is_some() {
        diesel::sql_query(format!("NOTIFY {NOTIFY_CHANNEL}")).execute(&mut conn).await?;
    }
    Ok(import)
}

/// The same for the operator, who has no token.
pub async fn submit_for(mut conn: &AsyncPgConnection, id: Uuid, bytes: i64) -> QueryResult<()> {
    diesel::update(imports::table.find(id))
        .set((
            imports::status.eq(Status::Waiting.to_string()),
            imports::bytes.eq(bytes),
            imports::progressed_at.eq(now),
        ))
        .execute(&mut conn)
        .await?;
    diesel::sql_query(format!("NOTIFY {NOTIFY_CHANNEL}")).execute(&mut conn).await.map(drop)
}

/// Whether the import is still being received.
pub async fn is_receiving(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let receiving =
        imports::table.find(id).filter(imports::status.eq(Status::Receiving.to_string()));
    diesel::select(exists(receiving)).fetch_one(&mut conn).await
}

/// Deletes an import that could not be received, unless it was submitted or cancelled after all.
/// Returns whether it was cancelled.
pub async fn abandon(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<bool> {
    let with =
        |status: Status| imports::table.find(id).filter(imports::status.eq(status.to_string()));
    diesel::delete(with(Status::Receiving)).execute(&mut conn).await?;
    diesel::select(exists(with(Status::Cancelled))).fetch_one(&mut conn).await
}

pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Import>> {
    imports::table
        .filter(imports::id.eq(id))
        .filter(imports::user_id.eq_any(live_user(identity)))
        .select(Import::as_select())
        .first(&mut conn)
        .await
        .optional()
}

/// The newest 50 imports.
pub async fn list(mut conn: &AsyncPgConnection, identity: Identity) -> QueryResult<Vec<Import>> {
    imports::table
        .filter(imports::user_id.eq_any(live_user(identity)))
        .order((imports::created_at.desc(), imports::id))
        .limit(50)
        .select(Import::as_select())
        .load(&mut conn)
        .await
}

/// Cancels an unfinished import, and deletes its upload. Returns the id if there is such an
/// import, finished or not.
pub async fn cancel(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Uuid>> {
    #[derive(QueryableByName)]
    struct Found {
        #[diesel(sql_type = SqlUuid)]
        id: Uuid,
    }
    let own = imports::table
        .filter(imports::id.eq(id))
        .filter(imports::user_id.eq_any(live_user(identity)))
        .select(imports::id);
    let Some(id) = own.first::<Uuid>(&mut conn).await.optional()? else { return Ok(None) };
    let ended: Vec<Found> = diesel::sql_query(
        "WITH ended AS (
             UPDATE imports SET status = 'cancelled', finished_at = now()
             WHERE id = $1 AND finished_at IS NULL RETURNING id)
         DELETE FROM import_parts USING ended WHERE import_id = ended.id RETURNING ended.id",
    )
    .bind::<SqlUuid, _>(id)
    .load(&mut conn)
    .await?;
    Ok(ended.into_iter().map(|found| found.id).next().or(Some(id)))
}

/// Why the import failed as a whole.
pub async fn message(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Option<String>> {
    imports::table.find(id).select(imports::message).first(&mut conn).await
}

/// The first ignored files of archives.
pub async fn ignored_files(
    mut conn: &AsyncPgConnection,
    id: Uuid,
) -> QueryResult<Vec<IgnoredFile>> {
    let files: Option<JsonText> =
        imports::table.find(id).select(imports::ignored_files).first(&mut conn).await?;
    // A list that cannot be read is no reason to hide the rest of the import.
    Ok(files.and_then(|json| serde_json::from_str(json.as_str()).ok()).unwrap_or_default())
}

pub async fn counts(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Tally> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = BigInt)]
        imported: i64,
        #[diesel(sql_type = BigInt)]
        merged: i64,
        #[diesel(sql_type = BigInt)]
        duplicate: i64,
        #[diesel(sql_type = BigInt)]
        refused: i64,
        #[diesel(sql_type = BigInt)]
        activities: i64,
        #[diesel(sql_type = BigInt)]
        warnings: i64,
    }
    let row: Row = diesel::sql_query(
        "SELECT count(*) FILTER (WHERE outcome = 'imported') AS imported,
                count(*) FILTER (WHERE outcome IN ('merged', 'updated')) AS merged,
                count(*) FILTER (WHERE outcome = 'duplicate') AS duplicate,
                coalesce(sum(files) FILTER (WHERE outcome = 'refused'), 0)::bigint AS refused,
                coalesce(sum(cardinality(activity_ids)) FILTER (WHERE outcome = 'imported'), 0)::bigint AS activities,
                count(warning) AS warnings
         FROM import_files WHERE import_id = $1",
    )
    .bind::<SqlUuid, _>(id)
    .fetch_one(&mut conn)
    .await?;
    let Row { imported, merged, duplicate, refused, activities, warnings } = row;
    let counts = Counts { imported, merged, duplicate, refused, activities };
    Ok(Tally { counts, warnings })
}

/// Deletes imports that finished long ago.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let long_ago = now.into_sql::<Timestamptz>() - KEPT_DAYS.days();
    diesel::delete(imports::table.filter(imports::finished_at.lt(long_ago.nullable())))
        .execute(&mut conn)
        .await
}

/// Deletes uploads that were broken off.
pub async fn purge_stale(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    let lately = now.into_sql::<Timestamptz>() - STALE_MINUTES.minutes();
    let is_stale =
        imports::status.eq(Status::Receiving.to_string()).and(imports::progressed_at.lt(lately));
    diesel::delete(imports::table.filter(is_stale)).execute(&mut conn).await
}
