//! An activity, and the values it is made of.

use std::str::FromStr;

use chrono::{DateTime, SecondsFormat, Utc};
use derive_more::{Display, FromStr as DeriveFromStr, Into};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    db::{JsonText, schema::activities},
    http::rfc3339,
};

/// An activity in a list: everything but the device's raw data.
#[derive(Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = activities)]
pub struct ActivitySummary {
    pub id: Uuid,
    activity_type: String,
    #[serde(serialize_with = "rfc3339")]
    pub started_at: DateTime<Utc>,
    duration_secs: i32,
    #[schema(required)]
    distance_meters: Option<f32>,
    #[schema(required)]
    calories: Option<i32>,
    #[schema(required)]
    notes: Option<String>,
    #[schema(examples("manual"))]
    source: String,
    /// What the system that `source` names calls it.
    #[schema(required)]
    external_id: Option<String>,
    /// Grows with every change; `"17"` is the entity tag of revision 17.
    pub revision: i64,
    #[serde(serialize_with = "rfc3339")]
    created_at: DateTime<Utc>,
    #[serde(serialize_with = "rfc3339")]
    updated_at: DateTime<Utc>,
}

/// A whole activity.
#[derive(Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = activities)]
pub struct Activity {
    #[serde(flatten)]
    #[diesel(embed)]
    pub summary: ActivitySummary,
    #[schema(required, value_type = Option<Map<String, Value>>)]
    device_data: Option<JsonText>,
}

impl Activity {
    /// The fields in the order of an export's columns.
    pub fn as_record(&self) -> [String; 13] {
        let Self { summary, device_data } = self;
        let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        [
            summary.id.to_string(),
            summary.activity_type.clone(),
            time(&summary.started_at),
            summary.duration_secs.to_string(),
            text(&summary.distance_meters),
            text(&summary.calories),
            text(&summary.notes),
            summary.source.clone(),
            text(&summary.external_id),
            summary.revision.to_string(),
            time(&summary.created_at),
            time(&summary.updated_at),
            text(device_data),
        ]
    }
}

fn text(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}

/// An activity that was kept, and whether there was none like it.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub activity: Activity,
    pub is_new: bool,
}

/// What kind of sport: a slug of 1 to 32 of `a-z`, `0-9` and `_`.
#[derive(Clone, Debug, Display, Into)]
pub struct ActivityType(String);

impl FromStr for ActivityType {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_slug = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if is_slug { Ok(Self(text.to_owned())) } else { Err("must be 1 to 32 of a-z, 0-9 and _") }
    }
}

/// Where a client may say that an activity comes from.
#[derive(Clone, Copy, Debug, Default, Display, DeriveFromStr, PartialEq, Eq, Hash, ToSchema)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[schema(rename_all = "lowercase", as = Source)]
pub enum ClientSource {
    #[default]
    Manual,
    Garmin,
    Apple,
}

/// A valid activity to be kept.
pub struct NewActivity {
    pub activity_type: ActivityType,
    pub started_at: DateTime<Utc>,
    pub duration_secs: i32,
    pub distance_meters: Option<f32>,
    pub calories: Option<i32>,
    pub notes: Option<String>,
    pub source: ClientSource,
    pub external_id: Option<String>,
    pub device_data: Option<JsonText>,
}

/// Changes to an activity; `None` leaves a field as it is, `Some(None)` clears it.
#[derive(AsChangeset)]
#[diesel(table_name = activities)]
pub struct ActivityChanges {
    pub activity_type: Option<String>,
    pub started_at: Option<DateTime<Utc>>,
    pub duration_secs: Option<i32>,
    pub distance_meters: Option<Option<f32>>,
    pub calories: Option<Option<i32>>,
    pub notes: Option<Option<String>>,
    pub source: Option<String>,
    pub external_id: Option<Option<String>>,
    pub device_data: Option<Option<JsonText>>,
}

/// Which activities are asked for; a cursor holds for one filter only.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub activity_type: Option<String>,
    /// Both inclusive.
    pub from: Option<DateTime<Utc>>,
    pub to: Option<DateTime<Utc>>,
}
