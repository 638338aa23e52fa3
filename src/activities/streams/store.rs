//! Queries for streams.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use crate::{
    activities::{
        RecordedData,
        efforts::{self, Effort},
        series::{Packable, Streams, packed::inflated},
    },
    credentials::{Identity, live_user},
    db::schema::{activities, activity_streams},
    error::ApiResult,
};

/// Start time and packed streams of the record with the most values: the activity itself, or one
/// that is merged into it. The streams are `None` if no record has any, and the whole result is
/// `None` if there is no such activity.
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

/// Approximate size of an effort's row.
const EFFORT_BYTES: usize = 100;

/// Streams to be stored.
pub struct PackedStreams {
    packed: Vec<u8>,
    filled: i32,
    series: Vec<RecordedData>,
    efforts: Vec<Effort>,
}

impl PackedStreams {
    /// Approximate storage size, including a row for each effort.
    pub fn bytes(&self) -> usize {
        self.packed.len() + self.efforts.len() * EFFORT_BYTES
    }

    /// The number of measured values in all series.
    pub fn filled(&self) -> i32 {
        self.filled
    }

    /// What the series contain.
    pub fn recorded(&self) -> &[RecordedData] {
        &self.series
    }

    /// Whether these are the streams in `data`.
    pub fn is(&self, data: &[u8]) -> ApiResult<bool> {
        // Another version of the compression library may have packed the same streams differently.
        Ok(self.packed == data || inflated(&self.packed)? == inflated(data)?)
    }

    /// Packs streams and searches them for efforts, which takes some milliseconds of CPU time.
    /// `None` if there is no value.
    pub fn of<V>(streams: &Packable<'_, V>) -> ApiResult<Option<Self>>
    where
        V: Iterator<Item = Option<f64>> + Clone,
    {
        let Some(packed) = streams.pack()? else { return Ok(None) };
        // With rounded values, so that a later search of the stored streams finds the same.
        let efforts = Effort::all_of(&streams.rounded(Effort::is_searched));
        let series = RecordedData::of(streams.series.iter().map(|(series, _)| *series));
        Ok(Some(Self { packed, filled: streams.filled(), series, efforts }))
    }
}

/// Replaces the streams and efforts of an activity, in the caller's transaction.
pub async fn put(
    mut conn: &AsyncPgConnection,
    activity_id: Uuid,
    streams: &PackedStreams,
) -> QueryResult<()> {
    let series: Vec<_> = streams.series.iter().map(ToString::to_string).collect();
    let columns = (
        activity_streams::series.eq(series),
        activity_streams::data.eq(&streams.packed),
        activity_streams::filled.eq(streams.filled),
        activity_streams::efforts_version.eq(efforts::VERSION),
    );
    diesel::insert_into(activity_streams::table)
        .values((activity_streams::activity_id.eq(activity_id), columns.clone()))
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

/// The packed streams of an activity, without those of merged records.
pub async fn own(mut conn: &AsyncPgConnection, activity_id: Uuid) -> QueryResult<Option<Vec<u8>>> {
    let own = activity_streams::table.find(activity_id).select(activity_streams::data);
    own.first(&mut conn).await.optional()
}

/// Counts the values in the streams of an activity and of the records merged into it, where an
/// older version stored them without a count.
pub async fn count_of(mut conn: &AsyncPgConnection, id: Uuid) -> ApiResult<()> {
    let uncounted: Vec<(Uuid, Vec<u8>)> = activity_streams::table
        .inner_join(activities::table)
        .filter(activities::id.eq(id).or(activities::merged_into.eq(id)))
        .filter(activity_streams::filled.is_null())
        .select((activity_streams::activity_id, activity_streams::data))
        .load(&mut conn)
        .await?;
    for (activity_id, data) in uncounted {
        // Streams that cannot be unpacked have no values.
        let filled = Streams::unpack(&data).map_or(0, |streams| streams.filled());
        diesel::update(activity_streams::table.find(activity_id))
            .set(activity_streams::filled.eq(filled))
            .execute(&mut conn)
            .await?;
    }
    Ok(())
}
