//! Durations.

use crate::recordings::{Point, Track};

/// Time from the first to the last point, in seconds.
pub fn elapsed(track: &Track) -> Option<f64> {
    let times = || track.points.iter().filter_map(|point| point.time);
    Some((times().max()? - times().min()?).as_seconds_f64())
}

/// Time from `one` to `other`, in seconds.
pub fn secs_between(one: &Point, other: &Point) -> Option<f64> {
    Some((other.time? - one.time?).as_seconds_f64())
}
