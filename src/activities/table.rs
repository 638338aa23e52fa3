//! An activity as a line of a table.

use chrono::{DateTime, SecondsFormat, Utc};

use super::types::Activity;

impl Activity {
    /// The column names of [`Activity::as_record`].
    pub const COLUMNS: [&str; 29] = [
        "id",
        "activity_type",
        "started_at",
        "duration_secs",
        "distance_meters",
        "calories",
        "notes",
        "source",
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
        "parent_id",
        "has",
        "revision",
        "created_at",
        "updated_at",
        "laps",
        "sets",
        "device_data",
    ];

    /// The field values as text, in the order of [`Activity::COLUMNS`]. Free text is
    /// passed through `words`.
    pub fn as_record(&self, words: fn(&str) -> String) -> [String; 29] {
        let (summary, [laps, sets, device_data]) = (&self.summary, self.json());
        let time = |time: &DateTime<Utc>| time.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let words = |text: &Option<String>| text.as_deref().map(words).unwrap_or_default();
        [
            summary.id.to_string(),
            summary.activity_type.clone(),
            time(&summary.started_at),
            summary.duration_secs.to_string(),
            text(&summary.distance_meters),
            text(&summary.calories),
            words(&summary.notes),
            summary.source.clone(),
            words(&summary.external_id),
            words(&summary.title),
            text(&summary.elapsed_secs),
            text(&summary.moving_secs),
            text(&summary.elevation_gain_meters),
            text(&summary.elevation_loss_meters),
            text(&summary.avg_heart_rate),
            text(&summary.max_heart_rate),
            text(&summary.avg_power_watts),
            text(&summary.avg_cadence),
            text(&summary.utc_offset_minutes),
            words(&summary.device),
            words(&summary.sport_raw),
            text(&summary.parent_id),
            summary.has.join(" "),
            summary.revision.to_string(),
            time(&summary.created_at),
            time(&summary.updated_at),
            text(&laps),
            text(&sets),
            text(&device_data),
        ]
    }
}

fn text(value: &Option<impl ToString>) -> String {
    value.as_ref().map(ToString::to_string).unwrap_or_default()
}
