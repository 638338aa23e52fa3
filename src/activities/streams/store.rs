//! The statements about streams.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{
        efforts::{self, Effort},
        series::{Packable, Streams, packed::inflated},
    },
    credentials::{Identity, live_user},
    db::schema::{activities, activity_streams},
    error::ApiResult,
};

/// When the activity started, and packed streams: the fullest of its own and those of the records
/// behind it, if there are any. `None` without such an activity.
pub async fn find(
    mut conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
) -> QueryResult<Option<(DateTime<Utc>, Option<Vec<u8>>)>> {
    activities::table
        .left_join(activity_streams::table)
        .filter(activities::id.eq(id).or(activities::merged_into.eq(id)))
        .filter(activities::user_id.eq_any(live_user(identity)))
        .order((
            activity_streams::activity_id.is_null(),
            activity_streams::filled.desc().nulls_last(),
            activities::id.ne(id),
        ))
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
    filled: i32,
    efforts: Vec<Effort>,
}

impl Kept {
    /// How much is kept, about: an effort is a row.
    pub fn bytes(&self) -> usize {
        self.packed.len() + self.efforts.len() * EFFORT_BYTES
    }

    /// How many values there are in all series.
    pub fn filled(&self) -> i32 {
        self.filled
    }

    /// Whether they are those of `data`.
    pub fn is(&self, data: &[u8]) -> ApiResult<bool> {
        // Another version of the library may have packed the same in another way.
        Ok(self.packed == data || inflated(&self.packed)? == inflated(data)?)
    }

    /// Packed and searched, which takes a processor some milliseconds. `None` without a single value.
    pub fn of<V>(streams: &Packable<'_, V>) -> ApiResult<Option<Self>>
    where
        V: Iterator<Item = Option<f64>> + Clone,
    {
        let Some(packed) = streams.pack()? else { return Ok(None) };
        // As a later search will find them.
        let efforts = Effort::all_of(&streams.rounded(Effort::is_searched));
        Ok(Some(Self { packed, filled: streams.filled(), efforts }))
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
        activity_streams::filled.eq(streams.filled),
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

/// Deletes the streams of an activity, and the efforts in them.
pub async fn delete(mut conn: &AsyncPgConnection, activity_id: Uuid) -> QueryResult<()> {
    diesel::delete(activity_streams::table.find(activity_id)).execute(&mut conn).await?;
    efforts::replace(conn, activity_id, &[]).await
}

/// The packed streams of an activity itself.
pub async fn own(mut conn: &AsyncPgConnection, activity_id: Uuid) -> QueryResult<Option<Vec<u8>>> {
    let own = activity_streams::table.find(activity_id).select(activity_streams::data);
    own.first(&mut conn).await.optional()
}

/// Counts the values in the streams of an activity and of the records behind it, where an older
/// version has kept them.
pub async fn count_of(mut conn: &AsyncPgConnection, id: Uuid) -> ApiResult<()> {
    let uncounted: Vec<(Uuid, Vec<u8>)> = activity_streams::table
        .inner_join(activities::table)
        .filter(activities::id.eq(id).or(activities::merged_into.eq(id)))
        .filter(activity_streams::filled.is_null())
        .select((activity_streams::activity_id, activity_streams::data))
        .load(&mut conn)
        .await?;
    for (activity_id, data) in uncounted {
        // What cannot be unpacked has none.
        let filled = Streams::unpack(&data).map_or(0, |streams| streams.filled());
        diesel::update(activity_streams::table.find(activity_id))
            .set(activity_streams::filled.eq(filled))
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}
