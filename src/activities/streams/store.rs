//! The statements about streams.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    auth::{Identity, live_user},
    db::schema::{activities, activity_streams},
};

/// When the activity started, and its packed streams if it, or one that stands behind it, has any; `None` without such an activity.
pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<(DateTime<Utc>, Option<Vec<u8>>)>> {
    activities::table
        .left_join(activity_streams::table)
        .filter(activities::id.eq(id).or(activities::merged_into.eq(id)))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .order((activity_streams::activity_id.is_null(), activities::id.ne(id)))
        .select((activities::started_at, activity_streams::data.nullable()))
        .first(&mut conn)
        .await
        .optional()
}

/// In place of what was there.
pub async fn put(
    mut conn: &AsyncPgConnection,
    activity_id: Uuid,
    data: &[u8],
) -> QueryResult<usize> {
    diesel::insert_into(activity_streams::table)
        .values((activity_streams::activity_id.eq(activity_id), activity_streams::data.eq(data)))
        .on_conflict(activity_streams::activity_id)
        .do_update()
        .set(activity_streams::data.eq(data))
        .execute(&mut conn)
        .await
}
