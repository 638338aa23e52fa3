//! The statements about efforts.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::{Effort, VERSION};
use crate::{
    auth::{Identity, live_user},
    db::{
        JsonText,
        schema::{activities, activity_efforts, activity_streams},
    },
};

/// An effort as it is kept: kind, value, start and end.
pub type Row = (String, f64, f64, f64);

/// In place of those that were there, in the caller's transaction.
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

/// The sets of an activity; `None` without such an activity.
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

/// The efforts of an activity, and of those that stand behind it.
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

/// Streams that an older version has searched, or none has.
pub async fn next_outdated(mut conn: &AsyncPgConnection) -> QueryResult<Option<(Uuid, Vec<u8>)>> {
    activity_streams::table
        .filter(activity_streams::efforts_version.lt(VERSION))
        .select((activity_streams::activity_id, activity_streams::data))
        .first(&mut conn)
        .await
        .optional()
}

/// Notes that they were searched; false when somebody else was first, or they are others by now.
pub async fn mark(mut conn: &AsyncPgConnection, activity_id: Uuid) -> QueryResult<bool> {
    let outdated = activity_streams::table
        .find(activity_id)
        .filter(activity_streams::efforts_version.lt(VERSION));
    let marked = diesel::update(outdated)
        .set(activity_streams::efforts_version.eq(VERSION))
        .execute(&mut conn)
        .await?;
    Ok(marked == 1)
}
