//! Laps: the parts into which a device or its user divided an activity.

use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error};
use utoipa::ToSchema;

use super::{MAX_CALORIES, MAX_DISTANCE_METERS, MAX_DURATION_SECS, MAX_METERS_OF_ELEVATION};
use crate::validation::{Faults, whole};

/// One lap. Unknown values are omitted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct Lap {
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "time")]
    pub started_at: Option<DateTime<Utc>>,
    /// Timer time in seconds, without pauses.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 31622400)]
    pub duration_secs: Option<f64>,
    /// Time from start to end in seconds, including pauses.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 31622400)]
    pub elapsed_secs: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 1e8)]
    pub distance_meters: Option<f64>,
    #[serde(
        skip_serializing_if = "Option::is_none",
        deserialize_with = "whole::<0, 1000000, _, _>"
    )]
    #[schema(minimum = 0, maximum = 1000000)]
    pub calories: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 1e6)]
    pub elevation_gain_meters: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 1e6)]
    pub elevation_loss_meters: Option<f64>,
    /// Beats per minute.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "whole::<1, 300, _, _>")]
    #[schema(minimum = 1, maximum = 300)]
    pub avg_heart_rate: Option<u32>,
    /// Beats per minute.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "whole::<1, 300, _, _>")]
    #[schema(minimum = 1, maximum = 300)]
    pub max_heart_rate: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "whole::<0, 10000, _, _>")]
    #[schema(minimum = 0, maximum = 10000)]
    pub avg_power_watts: Option<u32>,
    /// Revolutions, strides or strokes per minute.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 1000)]
    pub avg_cadence: Option<f64>,
}

impl Lap {
    /// Removes the values that are outside the API's limits.
    pub fn sound(mut self) -> Self {
        self.started_at = self.started_at.filter(is_writable);
        for (value, max) in [
            (&mut self.duration_secs, MAX_DURATION_SECS.into()),
            (&mut self.elapsed_secs, MAX_DURATION_SECS.into()),
            (&mut self.distance_meters, MAX_DISTANCE_METERS),
            (&mut self.elevation_gain_meters, MAX_METERS_OF_ELEVATION),
            (&mut self.elevation_loss_meters, MAX_METERS_OF_ELEVATION),
            (&mut self.avg_cadence, 1000.0),
        ] {
            *value = value.filter(|value| (0.0..=max).contains(value));
        }
        for (value, range) in [
            (&mut self.calories, 0..=1_000_000),
            (&mut self.avg_heart_rate, 1..=300),
            (&mut self.max_heart_rate, 1..=300),
            (&mut self.avg_power_watts, 0..=10_000),
        ] {
            *value = value.filter(|value| range.contains(value));
        }
        self
    }

    /// Adds a fault for each value outside the API's limits.
    pub fn check(&self, faults: &mut Faults) {
        if !self.started_at.is_none_or(|time| is_writable(&time)) {
            faults.add("started_at", "out_of_range", "must be in the years 1 to 9999");
        }
        faults.range("duration_secs", self.duration_secs, 0.0, MAX_DURATION_SECS.into());
        faults.range("elapsed_secs", self.elapsed_secs, 0.0, MAX_DURATION_SECS.into());
        faults.range("distance_meters", self.distance_meters, 0.0, MAX_DISTANCE_METERS);
        faults.range("calories", self.calories, 0.0, MAX_CALORIES.into());
        faults.range(
            "elevation_gain_meters",
            self.elevation_gain_meters,
            0.0,
            MAX_METERS_OF_ELEVATION,
        );
        faults.range(
            "elevation_loss_meters",
            self.elevation_loss_meters,
            0.0,
            MAX_METERS_OF_ELEVATION,
        );
        faults.range("avg_heart_rate", self.avg_heart_rate, 1.0, 300.0);
        faults.range("max_heart_rate", self.max_heart_rate, 1.0, 300.0);
        faults.range("avg_power_watts", self.avg_power_watts, 0.0, 10_000.0);
        faults.range("avg_cadence", self.avg_cadence, 0.0, 1000.0);
    }
}

fn time<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<DateTime<Utc>>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    let problem = |_| D::Error::custom("must be an RFC 3339 time such as 2026-05-04T08:00:00Z");
    text.parse().map(Some).map_err(problem)
}

/// Serialises numbers below a billionth as zero. PostgreSQL would store each of their leading
/// zeros.
pub(super) fn without_tiny<S: Serializer>(
    value: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.map(|value| if value.abs() < 1e-9 { 0.0 } else { value }).serialize(serializer)
}

fn is_writable(time: &DateTime<Utc>) -> bool {
    (1..=9999).contains(&time.year())
}
