//! The records merged into an activity.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// The fields that one record may take from another. `merged_fields()` in the
/// database has the same list.
pub const FIELDS: [&str; 18] = [
    "duration_secs",
    "distance_meters",
    "calories",
    "notes",
    "title",
    "elapsed_secs",
    "moving_secs",
    "elevation_gain_meters",
    "elevation_loss_meters",
    "avg_heart_rate",
    "max_heart_rate",
    "avg_power_watts",
    "avg_cadence",
    "utc_offset_minutes",
    "device",
    "sport_raw",
    "laps",
    "sets",
];

/// Another record of the same activity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = MergedActivity)]
pub struct Merged {
    pub activity_id: Uuid,
    /// The app or service that the record comes from.
    pub source: String,
    /// The fields of the activity whose values come from this record.
    pub fields: Vec<String>,
}
