//! The content of a track file, whatever its format.

use chrono::{DateTime, Utc};

use crate::{
    activities::types::{Activity, ActivitySummary},
    error::{ApiError, ApiResult},
    sport::Lap,
};

/// An activity without its points.
pub struct Document {
    pub activity: ActivitySummary,
    pub laps: Vec<Lap>,
    /// The fields that were computed from the points.
    pub computed: Vec<String>,
}

impl Document {
    pub fn new(activity: Activity, computed: Vec<String>) -> ApiResult<Self> {
        let laps = activity.laps.as_ref().map(|laps| serde_json::from_str(laps.as_str()));
        let laps = laps.transpose().map_err(ApiError::internal)?.unwrap_or_default();
        Ok(Self { activity: activity.summary, laps, computed })
    }

    /// The start of each lap, if every lap has one and they are in order. Otherwise empty, because
    /// points cannot be assigned to laps.
    pub fn lap_starts(&self) -> Vec<DateTime<Utc>> {
        let starts: Vec<_> = self.laps.iter().map_while(|lap| lap.started_at).collect();
        let is_whole =
            starts.len() == self.laps.len() && starts.is_sorted_by(|one, next| one < next);
        if is_whole { starts } else { Vec::new() }
    }
}
