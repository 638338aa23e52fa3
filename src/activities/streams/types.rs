//! What the endpoints take and answer.

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

/// How many points are answered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Resolution {
    /// At most 100.
    Low,
    /// At most 1 000.
    #[default]
    Medium,
    /// All that were recorded.
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

/// The query string of `GET /activities/{id}/streams`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct StreamParams {
    /// Which series, with commas between them; without it, all there are.
    #[param(example = "time,heart_rate")]
    series: Option<String>,
    #[serde(default)]
    #[param(inline, required = false)]
    pub resolution: Resolution,
}

impl StreamParams {
    /// 400 `invalid_parameter` for a series that does not exist.
    pub fn wanted(&self) -> ApiResult<Vec<Series>> {
        let Some(names) = &self.series else { return Ok(Series::ALL.to_vec()) };
        names
            .split(',')
            .map(|name| {
                name.trim().parse().map_err(|_| {
                    let all = Series::ALL.map(|series| series.to_string()).join(", ");
                    let problem = format!("must be some of {all}");
                    ApiError::invalid_parameter("series", problem)
                })
            })
            .collect()
    }
}

/// The query string of `GET /activities/{id}/track.geojson`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrackParams {
    #[serde(default)]
    #[param(inline, required = false)]
    pub resolution: Resolution,
}

/// The answer of `GET /activities/{id}/streams`.
#[derive(Serialize, ToSchema)]
#[schema(as = Streams)]
pub struct StreamsAnswer {
    #[serde(serialize_with = "rfc3339")]
    started_at: DateTime<Utc>,
    resolution: Resolution,
    /// How many values each series has.
    points: usize,
    /// Each in the units of its name: `time` in seconds since the start, `latitude` and `longitude` in
    /// degrees, `altitude` and `distance` in metres, `speed` in metres a second, `heart_rate` and
    /// `cadence` a minute, `power` in watts, `temperature` in degrees Celsius; `null` where nothing was
    /// measured. A series that was not recorded is left out.
    #[schema(value_type = BTreeMap<String, Vec<Option<f64>>>)]
    series: BTreeMap<Series, Vec<Option<f64>>>,
    /// Where recording went on after a pause: the index of the first value.
    breaks: Vec<usize>,
}

impl StreamsAnswer {
    /// The answer, to be written bit by bit.
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
