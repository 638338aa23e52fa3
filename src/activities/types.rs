//! An activity and its parts.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    activity_type::ActivityType, merging::Merged, origins::Origins, recorded::RecordedData,
    source::Source,
};
use crate::{
    db::{
        JsonText,
        schema::{activities, further},
    },
    http::rfc3339,
    sport::{ExerciseSet, Lap},
};

/// An activity in a list: all fields except laps, sets and device data.
#[derive(Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = activities)]
pub struct ActivitySummary {
    pub id: Uuid,
    pub activity_type: String,
    #[serde(serialize_with = "rfc3339")]
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    #[schema(required)]
    pub distance_meters: Option<f64>,
    #[schema(required)]
    pub calories: Option<i32>,
    #[schema(required)]
    pub notes: Option<String>,
    /// The app or service that the activity comes from.
    #[schema(examples("manual"))]
    pub source: String,
    /// Id of the activity in `source`.
    #[schema(required)]
    pub external_id: Option<String>,
    #[schema(required)]
    pub title: Option<String>,
    /// Seconds from start to end, including pauses.
    #[schema(required)]
    pub elapsed_secs: Option<i32>,
    /// Seconds in motion, without stops.
    #[schema(required)]
    pub moving_secs: Option<i32>,
    #[schema(required)]
    pub elevation_gain_meters: Option<f64>,
    #[schema(required)]
    pub elevation_loss_meters: Option<f64>,
    /// Beats per minute.
    #[schema(required)]
    pub avg_heart_rate: Option<i32>,
    #[schema(required)]
    pub max_heart_rate: Option<i32>,
    #[schema(required)]
    pub avg_power_watts: Option<i32>,
    /// Revolutions, strides or strokes per minute.
    #[schema(required)]
    pub avg_cadence: Option<f64>,
    /// UTC offset of the local time at the start, in minutes.
    #[schema(required)]
    pub utc_offset_minutes: Option<i32>,
    /// The device that recorded the activity.
    #[schema(required)]
    pub device: Option<String>,
    /// The sport as named by the source.
    #[schema(required)]
    pub sport_raw: Option<String>,
    /// Id of the first part of a recording with several parts, such as a triathlon; `null` for the
    /// first part and for single activities.
    #[schema(required)]
    pub parent_id: Option<Uuid>,
    /// What was recorded, here or by a merged record.
    #[diesel(select_expression = further::has, select_expression_type = further::has)]
    #[serde(default)]
    #[schema(required, value_type = Vec<RecordedData>)]
    pub has: Vec<String>,
    /// Grows with every change. `"17"` is the entity tag of revision 17.
    pub revision: i64,
    #[serde(serialize_with = "rfc3339")]
    pub created_at: DateTime<Utc>,
    #[serde(serialize_with = "rfc3339")]
    pub updated_at: DateTime<Utc>,
}

impl ActivitySummary {
    /// Approximate size as JSON, in bytes.
    pub fn bytes(&self) -> usize {
        let texts = [&self.notes, &self.title, &self.external_id, &self.device, &self.sport_raw];
        900 + texts.into_iter().flatten().map(String::len).sum::<usize>()
    }
}

/// A whole activity.
#[derive(Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = activities)]
pub struct Activity {
    #[serde(flatten)]
    #[diesel(embed)]
    pub summary: ActivitySummary,
    #[schema(required, value_type = Option<Vec<Lap>>)]
    pub laps: Option<JsonText>,
    #[schema(required, value_type = Option<Vec<ExerciseSet>>)]
    sets: Option<JsonText>,
    #[schema(required, value_type = Option<Map<String, Value>>)]
    device_data: Option<JsonText>,
    /// Other records of the same activity, merged into this one. Lists do not show them.
    #[schema(required, value_type = Option<Vec<Merged>>)]
    merged: Option<JsonText>,
}

impl Activity {
    /// Laps, sets and device data.
    pub fn json(&self) -> [Option<&JsonText>; 3] {
        [self.laps.as_ref(), self.sets.as_ref(), self.device_data.as_ref()]
    }

    /// If `laps`, `sets` and `device_data` have more bytes than this together, they are not
    /// recorded with an idempotent response.
    const MAX_RECORDED: usize = 4096;

    /// Takes out `laps`, `sets` and `device_data` if they are longer than `MAX_RECORDED` together;
    /// [`Activity::complete`] puts them back.
    pub fn abridge(&mut self) -> [Option<JsonText>; 3] {
        let parts = [&mut self.laps, &mut self.sets, &mut self.device_data];
        let bytes: usize =
            parts.iter().filter_map(|part| Some(part.as_ref()?.as_str().len())).sum();
        if bytes > Self::MAX_RECORDED { parts.map(Option::take) } else { [None, None, None] }
    }

    /// Whether other records are merged into this activity.
    pub fn is_merged(&self) -> bool {
        self.merged.is_some()
    }

    /// Fills in `laps`, `sets` and `device_data` where they are missing.
    pub fn complete(&mut self, parts: [Option<JsonText>; 3]) {
        for (kept, part) in
            [&mut self.laps, &mut self.sets, &mut self.device_data].into_iter().zip(parts)
        {
            *kept = kept.take().or(part);
        }
    }
}

/// The optional fields of an activity. `None` leaves a field unchanged, `Some(None)` clears it. In
/// a new activity, both mean that the field has no value.
#[derive(Clone, Debug, Default, AsChangeset, Insertable, Serialize)]
#[diesel(table_name = activities)]
pub struct Details {
    pub distance_meters: Option<Option<f64>>,
    pub calories: Option<Option<i32>>,
    pub notes: Option<Option<String>>,
    pub external_id: Option<Option<String>>,
    pub title: Option<Option<String>>,
    pub elapsed_secs: Option<Option<i32>>,
    pub moving_secs: Option<Option<i32>>,
    pub elevation_gain_meters: Option<Option<f64>>,
    pub elevation_loss_meters: Option<Option<f64>>,
    pub avg_heart_rate: Option<Option<i32>>,
    pub max_heart_rate: Option<Option<i32>>,
    pub avg_power_watts: Option<Option<i32>>,
    pub avg_cadence: Option<Option<f64>>,
    pub utc_offset_minutes: Option<Option<i32>>,
    pub device: Option<Option<String>>,
    pub sport_raw: Option<Option<String>>,
    pub laps: Option<Option<JsonText>>,
    pub sets: Option<Option<JsonText>>,
    pub device_data: Option<Option<JsonText>>,
}

/// A validated activity to be stored. Serialized as JSON, it is a row of the table.
#[derive(Clone, Debug, Serialize)]
pub struct NewActivity {
    /// The id that the client has chosen; `None` to generate one.
    pub id: Option<Uuid>,
    pub activity_type: ActivityType,
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    pub source: Source,
    #[serde(flatten)]
    pub details: Details,
}

/// An activity that the server read from a file or a service. Serialized as JSON, it
/// is a row of the table.
#[derive(Serialize)]
pub struct ImportedActivity {
    /// `None` to generate an id.
    pub id: Option<Uuid>,
    pub user_id: Uuid,
    pub activity_type: String,
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    pub source: String,
    pub original_id: Option<Uuid>,
    pub parent_id: Option<Uuid>,
    /// The activity that this record is merged into.
    pub merged_into: Option<Uuid>,
    /// The records merged into this activity.
    pub merged: Option<JsonText>,
    /// What is stored with it; the database adds what merged records have.
    pub has: Vec<RecordedData>,
    #[serde(flatten)]
    pub origins: Origins,
    #[serde(flatten)]
    pub details: Details,
}

impl NewActivity {
    /// `laps`, `sets` and `device_data`.
    pub fn parts(&self) -> [Option<JsonText>; 3] {
        let Details { laps, sets, device_data, .. } = &self.details;
        [laps, sets, device_data].map(|part| part.clone().flatten())
    }

    pub fn external_id(&self) -> Option<&str> {
        self.details.external_id.as_ref()?.as_deref()
    }
}

/// Changes to an activity; `None` leaves a field unchanged.
#[derive(AsChangeset)]
#[diesel(table_name = activities)]
pub struct ActivityChanges {
    pub activity_type: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub duration_secs: Option<i32>,
    pub source: Option<String>,
    #[diesel(embed)]
    pub details: Details,
}
