//! What was recorded of an activity, so that a list can show it without reading any of it.

use derive_more::Display;
use serde::Serialize;
use utoipa::ToSchema;

use super::series::Series;

/// Data that can be read of an activity.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum RecordedData {
    /// Positions.
    Track,
    /// A series of heart rates, beyond the average.
    HeartRate,
    /// A series of power values.
    Power,
    /// The file that the activity was made from.
    Original,
}

impl RecordedData {
    /// The data in these series.
    pub fn of(series: impl IntoIterator<Item = Series>) -> Vec<Self> {
        let data = series.into_iter().filter_map(|series| match series {
            Series::Longitude => Some(Self::Track),
            Series::HeartRate => Some(Self::HeartRate),
            Series::Power => Some(Self::Power),
            _ => None,
        });
        data.collect()
    }
}
