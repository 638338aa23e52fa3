//! Queries for the feed of changes.

use chrono::{DateTime, Utc};
use diesel::{
    dsl::{IntervalDsl, now, sql},
    prelude::*,
    sql_types::{BigInt, Integer, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{position::Position, types::Change};
use crate::{
    activities::types::ActivitySummary,
    credentials::{Identity, live_session},
    db::schema::{activities, activity_feeds, activity_tombstones, deleted_names, users},
};

/// A copy that has not been up to date for more days than this must start again.
pub const RETENTION_DAYS: i32 = 90;

/// Identifies the history of the database. A dump is restored into a new database, and a
/// point-in-time recovery starts a new timeline; both lack the changes that came later.
const HISTORY: &str =
    "((SELECT oid::bigint FROM pg_database WHERE datname = current_database()) << 32
                        | (SELECT timeline_id FROM pg_control_checkpoint()))";

/// The end of the feed, as the caller's transaction sees it; `None` if the token has ended.
pub async fn head(
    mut conn: &AsyncPgConnection,
    identity: Identity,
) -> QueryResult<Option<Position>> {
    let feed = activity_feeds::table
        .filter(activity_feeds::user_id.eq(users::id))
        .select(activity_feeds::last_revision)
        .single_value();
    let found: Option<(Option<i64>, DateTime<Utc>, i64)> = live_session(identity)
        .select((feed, sql::<Timestamptz>("now()"), sql::<BigInt>(HISTORY)))
        .first(&mut conn)
        .await
        .optional()?;
    Ok(found.map(|(revision, level_at, history)| Position {
        revision: revision.unwrap_or(0),
        level_at,
        history,
    }))
}

/// The earliest `limit` activities whose last change came after `revision`.
pub async fn changed(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    revision: i64,
    limit: i64,
) -> QueryResult<Vec<Change>> {
    let changed = activities::table
        .filter(activities::user_id.eq(user_id))
        .filter(activities::merged_into.is_null())
        .filter(activities::revision.gt(revision))
        .order(activities::revision)
        .limit(limit)
        .select(ActivitySummary::as_select())
        .load(&mut conn)
        .await?;
    Ok(changed
        .into_iter()
        .map(|activity| Change::Changed { activity: Box::new(activity.into()) })
        .collect())
}

/// The earliest `limit` activities that were deleted after `revision`.
pub async fn deleted(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    revision: i64,
    limit: i64,
) -> QueryResult<Vec<Change>> {
    let deleted: Vec<(Uuid, i64)> = activity_tombstones::table
        .filter(activity_tombstones::user_id.eq(user_id))
        .filter(activity_tombstones::revision.gt(revision))
        .order(activity_tombstones::revision)
        .limit(limit)
        .select((activity_tombstones::activity_id, activity_tombstones::revision))
        .load(&mut conn)
        .await?;
    Ok(deleted.into_iter().map(|(id, revision)| Change::Deleted { id, revision }).collect())
}

/// Turns on notifications of changes for `seconds`. Waits for a change that is being committed: a
/// later read sees that change, and any later change sees that a client is waiting.
pub async fn await_changes(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    seconds: i32,
) -> QueryResult<usize> {
    diesel::sql_query(
        "INSERT INTO activity_feeds AS f (user_id, last_revision, awaited_until)
         SELECT id, 0, now() + make_interval(secs => $2) FROM users WHERE id = $1
         ON CONFLICT (user_id) DO UPDATE SET awaited_until = greatest(f.awaited_until, excluded.awaited_until)",
    )
    .bind::<SqlUuid, _>(user_id)
    .bind::<Integer, _>(seconds)
    .execute(&mut conn)
    .await
}

/// Deletes tombstones that no copy can ask for any more, and old names of deleted activities.
/// Returns the number of tombstones.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    // One more day, for requests in progress.
    let is_old = activity_tombstones::deleted_at
        .lt(now.into_sql::<Timestamptz>() - (RETENTION_DAYS + 1).days());
    let forgotten =
        deleted_names::deleted_at.lt(now.into_sql::<Timestamptz>() - (RETENTION_DAYS + 1).days());
    diesel::delete(deleted_names::table.filter(forgotten)).execute(&mut conn).await?;
    diesel::delete(activity_tombstones::table.filter(is_old)).execute(&mut conn).await
}
