//! SQL statements for pictures. The caller has checked access, by a live session or by a share.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{Bytea, Double, Int4, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use uuid::Uuid;

use super::subject::Subject;
use crate::db::{
    FetchOne,
    schema::{activity_feeds, profiles},
};

/// An activity and its packed streams.
#[derive(QueryableByName)]
pub struct Recorded {
    #[diesel(sql_type = Nullable<Text>)]
    title: Option<String>,
    #[diesel(sql_type = Text)]
    activity_type: String,
    #[diesel(sql_type = Timestamptz)]
    started_at: DateTime<Utc>,
    #[diesel(sql_type = Nullable<Int4>)]
    utc_offset_minutes: Option<i32>,
    #[diesel(sql_type = Int4)]
    duration_secs: i32,
    #[diesel(sql_type = Nullable<Int4>)]
    moving_secs: Option<i32>,
    #[diesel(sql_type = Nullable<Double>)]
    distance_meters: Option<f64>,
    #[diesel(sql_type = Nullable<Double>)]
    elevation_gain_meters: Option<f64>,
    #[diesel(sql_type = Nullable<Int4>)]
    avg_heart_rate: Option<i32>,
    #[diesel(sql_type = Nullable<Int4>)]
    max_heart_rate: Option<i32>,
    #[diesel(sql_type = Nullable<Int4>)]
    avg_power_watts: Option<i32>,
    #[diesel(sql_type = Nullable<Bytea>)]
    streams: Option<Vec<u8>>,
}

/// Returns a user's activity, with its streams or those of an activity merged into it.
pub async fn recorded(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
    activity_id: Uuid,
) -> QueryResult<Option<Recorded>> {
    diesel::sql_query(
        "SELECT a.title, a.activity_type, a.started_at, a.utc_offset_minutes, a.duration_secs, a.moving_secs, a.distance_meters,
                a.elevation_gain_meters, a.avg_heart_rate, a.max_heart_rate, a.avg_power_watts, s.data AS streams
         FROM activities a LEFT JOIN LATERAL (
             SELECT data FROM activity_streams JOIN activities b ON b.id = activity_id
             WHERE (b.id = a.id OR b.merged_into = a.id) AND b.user_id = a.user_id
             ORDER BY filled DESC NULLS LAST, b.id <> a.id LIMIT 1) s ON true
         WHERE a.id = $1 AND a.user_id = $2",
    )
    .bind::<SqlUuid, _>(activity_id)
    .bind::<SqlUuid, _>(user_id)
    .fetch_one(&mut conn)
    .await
    .optional()
}

/// Returns what all pictures of a user's log depend on: the preferred units, the time zone, and the
/// revision of the log.
pub async fn basis(
    mut conn: &AsyncPgConnection,
    user_id: Uuid,
) -> QueryResult<(String, String, i64)> {
    let revision = activity_feeds::table
        .filter(activity_feeds::user_id.eq(profiles::user_id))
        .select(activity_feeds::last_revision)
        .single_value();
    let found: (String, String, Option<i64>) = profiles::table
        .find(user_id)
        .select((profiles::preferred_units, profiles::time_zone, revision))
        .first(&mut conn)
        .await?;
    Ok((found.0, found.1, found.2.unwrap_or(0)))
}

impl Recorded {
    /// Splits the row into the facts about the activity and its packed streams.
    pub fn into_parts(self) -> (Subject, Option<Vec<u8>>) {
        let subject = Subject {
            title: self.title,
            activity_type: self.activity_type,
            started_at: Some(self.started_at),
            utc_offset_minutes: self.utc_offset_minutes,
            duration_secs: self.duration_secs,
            moving_secs: self.moving_secs,
            distance_meters: self.distance_meters,
            elevation_gain_meters: self.elevation_gain_meters,
            avg_heart_rate: self.avg_heart_rate.map(f64::from),
            max_heart_rate: self.max_heart_rate.map(f64::from),
            avg_power_watts: self.avg_power_watts.map(f64::from),
            is_partial: false,
        };
        (subject, self.streams)
    }
}
