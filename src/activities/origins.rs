//! Where the values of an activity come from: a device, a computation, or its owner.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{
    body::ActivityBody,
    merging::FIELDS,
    types::{ActivityChanges, ImportedActivity},
};
use crate::db::JsonText;

/// What stands for any field, where nobody remembers which its owner has changed.
pub const ANY: &str = "*";

/// Fields that a person may change, besides those that records have of each other.
const OTHERS: [&str; 2] = ["activity_type", "started_at"];

/// What the log remembers of the values of a row; `None` where it does not know.
#[derive(Serialize)]
pub struct Origins {
    /// The fields that were computed from the track.
    pub computed: Option<Vec<String>>,
    /// The fields that their owner has changed.
    pub edited: Option<Vec<String>>,
    /// Own values that those of another record are shown for.
    pub replaced: Option<JsonText>,
}

impl Origins {
    /// Of an activity that nobody has changed.
    pub fn of_new(computed: &[&str]) -> Self {
        let mut computed: Vec<_> = computed.iter().map(|field| (*field).to_owned()).collect();
        // As the database has them, so that the same are equal.
        computed.sort_unstable();
        Self { computed: Some(computed), edited: Some(Vec::new()), replaced: None }
    }

    /// Of a row that comes from another server, as far as it can be so.
    pub fn restored(
        mut computed: Option<Vec<String>>,
        mut edited: Option<Vec<String>>,
        replaced: Option<Map<String, Value>>,
    ) -> Self {
        let is_known = |field: &String| FIELDS.contains(&field.as_str());
        if let Some(computed) = &mut computed {
            computed.retain(is_known);
        }
        if let Some(edited) = &mut edited {
            edited
                .retain(|name| is_known(name) || [ANY].iter().chain(&OTHERS).any(|it| it == name));
        }
        let replaced = replaced.and_then(|mut replaced| {
            replaced.retain(|field, value| is_known(field) && !value.is_null());
            let body: ActivityBody = serde_json::from_value(replaced.clone().into()).ok()?;
            body.parse_changes().ok()?;
            JsonText::of(&replaced).ok()
        });
        Self { computed, edited, replaced }
    }
}

/// What was measured of an activity that is there.
pub struct Measurement {
    /// An object: what is given of the columns.
    pub given: JsonText,
    /// Which of that was computed.
    pub computed: Vec<&'static str>,
    /// Whether the activity has come from there alone, and so has nothing else.
    pub is_authority: bool,
}

/// Nothing is known.
impl Default for Measurement {
    fn default() -> Self {
        Self { given: JsonText::empty(), computed: Vec::new(), is_authority: false }
    }
}

impl ActivityChanges {
    /// The fields that are given, of those that files and records have; `None` without one.
    pub fn edited(&self) -> Option<Vec<&'static str>> {
        let mut given = Vec::new();
        macro_rules! given {
            ($changes:expr; $($field:ident)+) => {
                $(if $changes.$field.is_some() {
                    given.push(stringify!($field));
                })+
            };
        }
        given!(self; activity_type started_at duration_secs);
        given!(
            self.details;
            distance_meters calories notes title elapsed_secs moving_secs elevation_gain_meters
            elevation_loss_meters avg_heart_rate max_heart_rate avg_power_watts avg_cadence
            utc_offset_minutes device sport_raw laps sets
        );
        Some(given).filter(|given| !given.is_empty())
    }
}

impl ImportedActivity {
    /// What it is made of, besides its id.
    pub const COLUMNS: [&str; 31] = [
        "user_id",
        "activity_type",
        "started_at",
        "duration_secs",
        "source",
        "original_id",
        "parent_id",
        "merged_into",
        "merged",
        "computed",
        "edited",
        "replaced",
        "distance_meters",
        "calories",
        "notes",
        "external_id",
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
        "device_data",
    ];
}
