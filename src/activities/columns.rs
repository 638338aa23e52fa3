//! The column names of an activity.

use super::types::{ActivityChanges, ImportedActivity};

impl ActivityChanges {
    /// The names of the changed fields that files and merged records can also set;
    /// `None` if there are none.
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
    /// The columns of the row, except its id.
    pub const COLUMNS: [&str; 32] = [
        "user_id",
        "activity_type",
        "started_at",
        "duration_secs",
        "source",
        "original_id",
        "parent_id",
        "merged_into",
        "merged",
        "has",
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
