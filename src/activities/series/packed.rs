//! The storage format of streams: each series as differences between successive values,
//! which are small and repetitive, deflated. An hour from a watch takes about 20 KB; as
//! JSON, it takes a megabyte.

use std::io::Read;

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use flate2::read::DeflateDecoder;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    error::{ApiError, ApiResult},
    sport::MAX_POINTS,
};

/// More than the largest file's points take in all series. Stored data is not trusted blindly.
pub const MAX_UNPACKED: u64 = 64 * 1024 * 1024;

/// A measured quantity.
#[derive(
    Clone,
    Copy,
    Debug,
    Display,
    FromStr,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    ToSchema,
)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Series {
    /// Seconds since the activity started.
    Time,
    /// Degrees (WGS 84).
    Latitude,
    Longitude,
    /// Metres above sea level.
    Altitude,
    /// Metres covered since the start.
    Distance,
    /// Metres per second.
    Speed,
    /// Beats per minute.
    HeartRate,
    /// Revolutions, strides or strokes per minute.
    Cadence,
    /// Watts.
    Power,
    /// Degrees Celsius.
    Temperature,
}

impl Series {
    /// All series, in storage order.
    pub const ALL: [Self; 10] = [
        Self::Time,
        Self::Latitude,
        Self::Longitude,
        Self::Altitude,
        Self::Distance,
        Self::Speed,
        Self::HeartRate,
        Self::Cadence,
        Self::Power,
        Self::Temperature,
    ];

    /// Steps per unit: values are stored as whole steps.
    pub fn steps(self) -> f64 {
        match self {
            // About a centimetre on the ground.
            Self::Latitude | Self::Longitude => 1e7,
            Self::Time | Self::Speed => 1000.0,
            Self::Altitude | Self::Distance => 100.0,
            Self::HeartRate | Self::Cadence | Self::Power | Self::Temperature => 10.0,
        }
    }

    /// The nearest number of steps. It saturates, but no measurement is that large.
    pub fn whole(self, value: f64) -> i64 {
        (value * self.steps()).round() as i64
    }
}

/// The series of one activity, all of the same length.
#[derive(Clone, Debug)]
pub struct Streams {
    pub started_at: DateTime<Utc>,
    /// Only series that contain a value.
    pub series: Vec<(Series, Vec<Option<f64>>)>,
    /// Indices at which recording resumed: nothing was recorded just before them.
    pub breaks: Vec<usize>,
}

/// The inflated data.
#[derive(Deserialize)]
struct Packed {
    started_at_millis: i64,
    series: Vec<(Series, Vec<Option<i64>>)>,
    breaks: Vec<usize>,
}

impl Streams {
    pub fn unpack(data: &[u8]) -> ApiResult<Self> {
        let packed: Packed = postcard::from_bytes(&inflated(data)?).map_err(ApiError::internal)?;
        let started_at = DateTime::from_timestamp_millis(packed.started_at_millis)
            .ok_or_else(|| ApiError::internal("the streams have an invalid start time"))?;
        let series =
            packed.series.into_iter().map(|(series, values)| (series, sums(series, values)));
        Ok(Self { started_at, series: series.collect(), breaks: packed.breaks })
    }

    /// Whether the streams are consistent: each series at most once, all of the same length,
    /// and all breaks within it.
    pub fn is_sound(&self) -> bool {
        let points = self.points();
        let is_sorted = self.series.is_sorted_by(|one, next| one.0 < next.0);
        let are_in_it = self.breaks.iter().all(|at| (1..points).contains(at));
        is_sorted
            && are_in_it
            && self.breaks.is_sorted()
            && points <= MAX_POINTS
            && self.series.iter().all(|(_, values)| values.len() == points)
    }

    /// The number of values in each series.
    pub fn points(&self) -> usize {
        self.series.first().map_or(0, |(_, values)| values.len())
    }

    /// The number of measured values in all series.
    pub fn filled(&self) -> i32 {
        let values = self.series.iter().flat_map(|(_, values)| values).flatten().count();
        i32::try_from(values).unwrap_or(i32::MAX)
    }

    pub fn get(&self, wanted: Series) -> Option<&[Option<f64>]> {
        let found = self.series.iter().find(|(series, _)| *series == wanted);
        found.map(|(_, values)| values.as_slice())
    }

    /// Thins the series to at most `points` evenly spread points, including the first and the last.
    pub fn thinned(self, points: usize) -> Self {
        let Some(thinning) = Thinning::to(points, self.points()) else { return self };
        let series = self.series.into_iter().map(|(series, values)| {
            (series, (0..points).filter_map(|n| values.get(thinning.at(n)).copied()).collect())
        });
        let series = series.collect();
        Self { series, breaks: thinning.breaks(&self.breaks), ..self }
    }
}

/// A selection of evenly spread points, including the first and the last.
#[derive(Clone, Copy, Debug)]
pub struct Thinning {
    length: usize,
    points: usize,
}

impl Thinning {
    /// `None` if all points are kept.
    pub fn to(points: usize, length: usize) -> Option<Self> {
        (length > points && points >= 2).then_some(Self { length, points })
    }

    /// The original index of the `n`-th point that is kept.
    pub fn at(self, n: usize) -> usize {
        n * (self.length - 1) / (self.points - 1)
    }

    pub fn breaks(self, breaks: &[usize]) -> Vec<usize> {
        let (length, points) = (self.length, self.points);
        let moved = breaks.iter().map(|old| (old * (points - 1)).div_ceil(length - 1));
        let mut breaks: Vec<usize> = moved.filter(|new| (1..points).contains(new)).collect();
        breaks.dedup();
        breaks
    }
}

/// Inflates data.
pub fn inflated(data: &[u8]) -> ApiResult<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut decoder = DeflateDecoder::new(data).take(MAX_UNPACKED);
    decoder.read_to_end(&mut bytes).map_err(ApiError::internal)?;
    Ok(bytes)
}

fn sums(series: Series, differences: Vec<Option<i64>>) -> Vec<Option<f64>> {
    let mut last = 0_i64;
    let value = |difference: Option<i64>| {
        difference.map(|difference| {
            last = last.saturating_add(difference);
            last as f64 / series.steps()
        })
    };
    differences.into_iter().map(value).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn streams(values: Vec<Option<f64>>, breaks: Vec<usize>) -> Streams {
        Streams {
            started_at: DateTime::UNIX_EPOCH,
            series: vec![(Series::Altitude, values)],
            breaks,
        }
    }

    proptest! {
        #[test]
        fn what_was_packed_comes_out_to_the_step(values in prop::collection::vec(prop::option::of(-1e4..1e4), 1..200)) {
            let packed = streams(values.clone(), vec![1]).packable().pack().unwrap().unwrap();
            let unpacked = Streams::unpack(&packed).unwrap();
            prop_assert_eq!(unpacked.breaks, vec![1]);
            for (value, found) in values.iter().zip(&unpacked.series[0].1) {
                prop_assert_eq!(value.is_some(), found.is_some());
                prop_assert!((value.unwrap_or(0.0) - found.unwrap_or(0.0)).abs() <= 0.005 + 1e-9);
            }
        }

        #[test]
        fn thinned_streams_keep_both_ends(length in 2_usize..500, points in 2_usize..100, broken in 1_usize..500) {
            let values: Vec<_> = (0..length).map(|n| Some(n as f64)).collect();
            let thin = streams(values.clone(), vec![broken.min(length - 1)]).thinned(points);
            let kept = &thin.series[0].1;
            prop_assert_eq!(kept.len(), length.min(points));
            prop_assert_eq!((kept[0], *kept.last().unwrap()), (values[0], values[length - 1]));
            for at in thin.breaks {
                // Points on opposite sides of a break still are.
                prop_assert!(kept[at].unwrap() >= broken.min(length - 1) as f64);
                prop_assert!(kept[at - 1].unwrap() < broken.min(length - 1) as f64);
            }
        }

        #[test]
        fn rubbish_is_an_error(data in prop::collection::vec(any::<u8>(), 0..100)) {
            let _ = Streams::unpack(&data);
        }
    }
}
