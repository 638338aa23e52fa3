//! The statements about streams.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::Streams;
use crate::{
    activities::efforts::{self, Effort},
    auth::{Identity, live_user},
    db::schema::{activities, activity_streams},
    error::ApiResult,
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

/// Of a row of an effort.
const EFFORT_BYTES: usize = 100;

/// Streams as they are kept.
pub struct Kept {
    packed: Vec<u8>,
    efforts: Vec<Effort>,
}

impl Kept {
    /// How much is kept, about: an effort is a row.
    pub fn bytes(&self) -> usize {
        self.packed.len() + self.efforts.len() * EFFORT_BYTES
    }

    /// Packed and searched, which takes a processor some milliseconds. `None` without a single value.
    pub fn of(streams: &Streams) -> ApiResult<Option<Self>> {
        let Some(packed) = streams.pack()? else { return Ok(None) };
        // As a later search will find them: packed, values are a little less exact.
        let efforts = Effort::all_of(&Streams::unpack(&packed)?);
        Ok(Some(Self { packed, efforts }))
    }
}

/// In place of what was there, in the caller's transaction.
pub async fn put(
    mut conn: &AsyncPgConnection,
    activity_id: Uuid,
    streams: &Kept,
) -> QueryResult<()> {
    let columns = (
        activity_streams::data.eq(&streams.packed),
        activity_streams::efforts_version.eq(efforts::VERSION),
    );
    diesel::insert_into(activity_streams::table)
        .values((activity_streams::activity_id.eq(activity_id), columns))
        .on_conflict(activity_streams::activity_id)
        .do_update()
        .set(columns)
        .execute(&mut conn)
        .await?;
    efforts::replace(conn, activity_id, &streams.efforts).await
}
