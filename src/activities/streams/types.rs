//! Request and response types of streams.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::{Form, Reading, StreamsText};
use crate::{
    activities::series::Series,
    error::{ApiError, ApiResult},
    http::rfc3339,
};

/// How many points to return.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// At most 100 points.
    Low,
    /// At most 1 000 points.
    #[default]
    Medium,
    /// All recorded points.
    Full,
}

impl Resolution {
    pub fn of(self, reading: Reading) -> Reading {
        match self {
            Self::Low => reading.thinned(100),
            Self::Medium => reading.thinned(1000),
            Self::Full => reading,
        }
    }
}

/// Query parameters of `GET /activities/{id}/streams`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamParams {
    /// Series to return, comma-separated; all by default.
    #[param(example = "time,heart_rate")]
    series: Option<String>,
    #[serde(default)]
    #[param(inline, required = false)]
    pub resolution: Resolution,
}

impl StreamParams {
    /// 400 `invalid_parameter` for an unknown series.
    pub fn wanted(&self) -> ApiResult<Vec<Series>> {
        let Some(names) = &self.series else { return Ok(Series::ALL.to_vec()) };
        names
            .split(',')
            .map(|name| {
                name.trim().parse().map_err(|_| {
                    let all = Series::ALL.map(|series| series.to_string()).join(", ");
                    let problem = format!("must be one or more of {all}");
                    ApiError::invalid_parameter("series", problem)
                })
            })
            .collect()
    }
}

/// Query parameters of `GET /activities/{id}/track.geojson`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrackParams {
    #[serde(default)]
    #[param(inline, required = false)]
    pub resolution: Resolution,
}

/// Response of `GET /activities/{id}/streams`.
#[derive(Serialize, ToSchema)]
#[schema(as = Streams)]
pub struct StreamsAnswer {
    #[serde(serialize_with = "rfc3339")]
    started_at: DateTime<Utc>,
    resolution: Resolution,
    /// The number of values in each series.
    points: usize,
    /// The series by name: `time` in seconds since the start, `latitude` and `longitude` in
    /// degrees, `altitude` and `distance` in metres, `speed` in metres per second, `heart_rate` and
    /// `cadence` per minute, `power` in watts, `temperature` in degrees Celsius. A value is `null`
    /// where nothing was measured. A series that was not recorded is left out.
    #[schema(value_type = BTreeMap<String, Vec<Option<f64>>>)]
    series: BTreeMap<Series, Vec<Option<f64>>>,
    /// Indices of the first value after each pause.
    breaks: Vec<usize>,
}

impl StreamsAnswer {
    /// The response as text, written piece by piece.
    pub fn text(
        reading: Reading,
        wanted: &[Series],
        resolution: Resolution,
    ) -> ApiResult<StreamsText> {
        let reading = resolution.of(reading);
        let outline = Self {
            started_at: reading.started_at,
            resolution,
            points: reading.points,
            series: BTreeMap::new(),
            breaks: reading.breaks.clone(),
        };
        let series = reading.series.iter().filter(|series| wanted.contains(series));
        let series = series.copied().collect();
        StreamsText::new(reading, series, &outline, Form::Members)
    }
}
