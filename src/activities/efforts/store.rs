//! Queries for efforts.

use diesel::{
    dsl::sql,
    prelude::*,
    sql_types::{Bool, SmallInt},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Effort, VERSION};
use crate::{
    activities::{RecordedData, lock_shown},
    credentials::{Identity, live_user},
    db::{
        FetchOne, JsonText,
        schema::{activities, activity_efforts, activity_streams},
    },
};

/// Streams are skipped once the process has died on them this many times.
const MAX_ATTEMPTS: i16 = 3;

/// A stored effort: kind, value, start and end.
pub type Row = (String, f64, f64, f64);

/// Replaces the efforts of an activity, in the caller's transaction.
pub async fn replace(
    mut conn: &AsyncPgConnection,
    activity_id: Uuid,
    efforts: &[Effort],
) -> QueryResult<()> {
    diesel::delete(activity_efforts::table.filter(activity_efforts::activity_id.eq(activity_id)))
        .execute(&mut conn)
        .await?;
    let rows: Vec<_> = efforts
        .iter()
        .map(|effort| {
            (
                activity_efforts::activity_id.eq(activity_id),
                activity_efforts::kind.eq(effort.kind.name),
                activity_efforts::value.eq(effort.value),
                activity_efforts::start_secs.eq(effort.start_secs),
                activity_efforts::end_secs.eq(effort.end_secs),
            )
        })
        .collect();
    diesel::insert_into(activity_efforts::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

/// The sets of an activity; `None` if there is no such activity.
pub async fn sets(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<Option<JsonText>>> {
    activities::table
        .filter(activities::id.eq(id))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .select(activities::sets)
        .first(&mut conn)
        .await
        .optional()
}

/// The efforts of an activity and of the records merged into it.
pub async fn list(mut conn: &AsyncPgConnection, id: Uuid) -> QueryResult<Vec<Row>> {
    activity_efforts::table
        .inner_join(activities::table)
        .filter(activities::id.eq(id).or(activities::merged_into.eq(id)))
        .select((
            activity_efforts::kind,
            activity_efforts::value,
            activity_efforts::start_secs,
            activity_efforts::end_secs,
        ))
        .load(&mut conn)
        .await
}

/// Claims streams that the current version has not searched; returns their activity's id and their
/// data. Streams that have repeatedly killed the process are skipped.
pub async fn next_outdated(mut conn: &AsyncPgConnection) -> QueryResult<Option<(Uuid, Vec<u8>)>> {
    #[derive(QueryableByName)]
    #[diesel(table_name = activity_streams)]
    struct Next {
        activity_id: Uuid,
        data: Vec<u8>,
    }
    let next: Option<Next> = diesel::sql_query(
        "UPDATE activity_streams SET efforts_attempts = efforts_attempts + 1
         WHERE activity_id = (SELECT activity_id FROM activity_streams
                              WHERE efforts_version < $1 AND efforts_attempts < $2
                              LIMIT 1 FOR UPDATE SKIP LOCKED)
         RETURNING activity_id, data",
    )
    .bind::<SmallInt, _>(VERSION)
    .bind::<SmallInt, _>(MAX_ATTEMPTS)
    .fetch_one(&mut conn)
    .await
    .optional()?;
    Ok(next.map(|next| (next.activity_id, next.data)))
}

/// Resets the attempts after a failure that the streams did not cause.
pub async fn give_back(mut conn: &AsyncPgConnection, activity_id: Uuid) -> QueryResult<usize> {
    diesel::update(activity_streams::table.find(activity_id))
        .set(activity_streams::efforts_attempts.eq(0))
        .execute(&mut conn)
        .await
}

/// Marks streams as searched, and notes what they contain; false if another server was first, or if
/// the streams have been replaced.
pub async fn mark(
    mut conn: &AsyncPgConnection,
    activity_id: Uuid,
    recorded: &[RecordedData],
) -> QueryResult<bool> {
    // The trigger that passes `series` on changes the activity, which is locked first everywhere.
    lock_shown(conn, activity_id).await?;
    let outdated = activity_streams::table
        .find(activity_id)
        .filter(activity_streams::efforts_version.lt(VERSION));
    let recorded: Vec<_> = recorded.iter().map(ToString::to_string).collect();
    let marked = diesel::update(outdated)
        .set((
            activity_streams::series.eq(recorded),
            activity_streams::efforts_version.eq(VERSION),
            activity_streams::efforts_attempts.eq(0),
        ))
        .execute(&mut conn)
        .await?;
    Ok(marked == 1)
}

/// Up to `limit` activities after the id `after` with a file that `has` does not name, because an
/// older version stored it.
pub async fn unnoted_originals(
    mut conn: &AsyncPgConnection,
    after: Uuid,
    limit: i64,
) -> QueryResult<Vec<Uuid>> {
    let unnoted = sql::<Bool>("NOT has @> ARRAY['original']");
    activities::table
        .filter(activities::original_id.is_not_null().and(unnoted))
        .filter(activities::id.gt(after))
        .order(activities::id)
        .limit(limit)
        .select(activities::id)
        .load(&mut conn)
        .await
}
