//! Samples of measured quantities, by seconds since the start.

use super::{Quantity, Sample};
use crate::{
    activities::series::{Series, Streams},
    sport::{Position, metres_between},
};

/// Without measured speed, speed is computed between positions this many seconds apart, because GPS
/// positions jitter.
const STRIDE: f64 = 8.0;

/// No athlete is this fast by muscle power, in metres per second. Higher values are GPS jumps.
const TOO_FAST: f64 = 100.0;

/// All measured quantities, and the times of the first and the last sample.
pub struct Measures {
    pub of: Vec<(Quantity, Vec<Sample>)>,
    pub range: (f64, f64),
}

impl Measures {
    pub fn new(of: Vec<(Quantity, Vec<Sample>)>) -> Self {
        let times = || of.iter().flat_map(|(_, samples)| samples).map(|sample| sample.at);
        let range = times().reduce(f64::min).zip(times().reduce(f64::max));
        Self { range: range.unwrap_or_default(), of }
    }
}

/// Returns the values of a series with the times at which they were measured.
pub fn samples(streams: &Streams, series: Series) -> Vec<Sample> {
    let values = streams.get(series).unwrap_or_default().iter().copied();
    timed(streams, values).map(|(at, value, begins)| Sample { at, value, begins }).collect()
}

/// Returns speeds in metres per second: measured ones if there are any, otherwise computed from
/// distance.
pub fn speeds(streams: &Streams) -> Vec<Sample> {
    let measured = samples(streams, Series::Speed);
    if !measured.is_empty() {
        return measured;
    }
    let mut speeds: Vec<Sample> = Vec::new();
    let mut start: Option<(f64, f64)> = None;
    let mut begins = true;
    for (at, metres, is_first) in timed(streams, way(streams).into_iter()) {
        begins |= is_first;
        match start {
            Some((since, before)) if !is_first => {
                if at - since >= STRIDE {
                    let value = (metres - before) / (at - since);
                    if (0.0..TOO_FAST).contains(&value) {
                        speeds.push(Sample { at: f64::midpoint(since, at), value, begins });
                        begins = false;
                    }
                    start = Some((at, metres));
                }
            }
            _ => start = Some((at, metres)),
        }
    }
    speeds
}

/// Returns metres since the start at each point: from the device's distance series if there is one,
/// otherwise from positions.
fn way(streams: &Streams) -> Vec<Option<f64>> {
    if let Some(counted) = streams.get(Series::Distance) {
        return counted.to_vec();
    }
    let latitudes = streams.get(Series::Latitude).unwrap_or_default();
    let longitudes = streams.get(Series::Longitude).unwrap_or_default();
    let (mut along, mut before) = (0.0, None);
    let metres = latitudes.iter().zip(longitudes).map(|(latitude, longitude)| {
        let position = Position::new((*latitude)?, (*longitude)?)?;
        along += before.map_or(0.0, |before| metres_between(before, position));
        before = Some(position);
        Some(along)
    });
    metres.collect()
}

/// Returns the known values with their times, and whether each is the first of a piece. Skips
/// values that go back in time.
fn timed(
    streams: &Streams,
    values: impl Iterator<Item = Option<f64>>,
) -> impl Iterator<Item = (f64, f64, bool)> {
    let times = streams.get(Series::Time).unwrap_or_default();
    let mut breaks = streams.breaks.iter().copied().peekable();
    let (mut begins, mut last) = (true, f64::NEG_INFINITY);
    times.iter().zip(values).enumerate().filter_map(move |(at, (time, value))| {
        begins |= breaks.next_if_eq(&at).is_some();
        let (time, value) = time.zip(value).filter(|(time, _)| *time >= last)?;
        last = time;
        Some((time, value, std::mem::take(&mut begins)))
    })
}

/// Returns how long samples may be missing, in seconds, before a gap is drawn: longer than the
/// usual interval between samples, and long enough to be visible.
pub fn longest_gap(samples: &[Sample], secs_per_pixel: f64) -> f64 {
    let steps = samples.iter().zip(samples.iter().skip(1)).map(|(one, next)| next.at - one.at);
    let mut steps: Vec<f64> = steps.collect();
    steps.sort_unstable_by(f64::total_cmp);
    let usual = steps.get(steps.len() / 2).copied().unwrap_or_default();
    (4.0 * usual).max(4.0 * secs_per_pixel).max(10.0)
}
