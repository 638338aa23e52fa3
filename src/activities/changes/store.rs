//! The statements of the feed.

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

/// For how many days after it was level a copy can go on.
pub const RETENTION_DAYS: i32 = 90;

/// Which history of the database this is: a dump is restored into a new database, and a recovery to a
/// point in time begins a new timeline. Both lack what came after.
const HISTORY: &str =
    "((SELECT oid::bigint FROM pg_database WHERE datname = current_database()) << 32
                        | (SELECT timeline_id FROM pg_control_checkpoint()))";

/// Where the log is, as the caller's transaction sees it; `None` when the token has ended.
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

/// Activities whose last change came after `revision`, the earliest `limit` of them.
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

/// Activities that were deleted after `revision`, the earliest `limit` of them.
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

/// Has changes notified for so many seconds. Waits for one that is being committed: whoever reads
/// afterwards sees it, and any later one sees that somebody waits.
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

/// Forgets tombstones that no copy can ask for any more, and the names of deleted activities; how
/// many tombstones.
pub async fn purge(mut conn: &AsyncPgConnection) -> QueryResult<usize> {
    // A day more, for answers that are under way.
    let is_old = activity_tombstones::deleted_at
        .lt(now.into_sql::<Timestamptz>() - (RETENTION_DAYS + 1).days());
    let forgotten =
        deleted_names::deleted_at.lt(now.into_sql::<Timestamptz>() - (RETENTION_DAYS + 1).days());
    diesel::delete(deleted_names::table.filter(forgotten)).execute(&mut conn).await?;
    diesel::delete(activity_tombstones::table.filter(is_old)).execute(&mut conn).await
}
