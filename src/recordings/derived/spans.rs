//! How long it took.

use crate::recordings::{Point, Track};

/// From the first time to the last.
pub fn elapsed(track: &Track) -> Option<f64> {
    let times = || track.points.iter().filter_map(|point| point.time);
    Some((times().max()? - times().min()?).as_seconds_f64())
}

/// From `one` to `other`.
pub fn secs_between(one: &Point, other: &Point) -> Option<f64> {
    Some((other.time? - one.time?).as_seconds_f64())
}
