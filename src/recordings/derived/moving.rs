//! Moving time.

use super::secs_between;
use crate::{
    priority::yield_if_due,
    recordings::{Point, Track},
    sport::metres_between,
};

/// Slower is standing still, in metres per second. A receiver on a table shows up to 1 km/h.
pub const STANDING_STILL: f64 = 1.0 / 3.6;

/// In seconds. Over shorter spans, GPS noise looks like walking.
const SPAN: f64 = 5.0;

/// How long a speed holds if the next one is late, in seconds.
const SPEED_HOLDS: f64 = 30.0;

/// Returns the moving time in seconds: from the device's counter if there is one, else from
/// positions, else from speed.
///
/// The track is cut at the first point at least [`SPAN`] later with another position or count. A
/// value that the device repeats until it has a new one is therefore not a rest. A fix per minute
/// works as well as one per second, and a gap in which little was covered is a rest.
pub fn seconds(track: &Track) -> Option<f64> {
    let has_count = track.points.iter().any(|point| point.distance.is_some_and(|way| way > 0.0));
    if has_count {
        return cut(track, |point| point.distance, |one, other| f64::from(other - one).abs());
    }
    cut(track, |point| point.position, metres_between).or_else(|| by_speed(track))
}

fn cut<P: Copy + PartialEq>(
    track: &Track,
    place: impl Fn(&Point) -> Option<P>,
    metres: impl Fn(P, P) -> f64,
) -> Option<f64> {
    let mut sum = None;
    for piece in track.pieces() {
        let mut places = piece.iter().filter_map(|point| Some((point, place(point)?)));
        let Some(mut from) = places.by_ref().find(|(point, _)| point.time.is_some()) else {
            continue;
        };
        let mut places = places.peekable();
        while let Some((point, here)) = places.next() {
            yield_if_due();
            let Some(secs) = secs_between(from.0, point).filter(|secs| *secs > 0.0) else {
                continue;
            };
            let is_last = places.peek().is_none();
            if (secs < SPAN || here == from.1) && !is_last {
                continue;
            }
            let is_moving = metres(from.1, here) / secs > STANDING_STILL;
            *sum.get_or_insert(0.0) += if is_moving { secs } else { 0.0 };
            from = (point, here);
        }
    }
    sum
}

fn by_speed(track: &Track) -> Option<f64> {
    let mut sum = None;
    for piece in track.pieces() {
        for (one, other) in piece.iter().zip(piece.iter().skip(1)) {
            let Some((speed, secs)) = one.speed.zip(secs_between(one, other)) else { continue };
            let is_moving = f64::from(speed) > STANDING_STILL;
            *sum.get_or_insert(0.0) += if is_moving { secs.clamp(0.0, SPEED_HOLDS) } else { 0.0 };
        }
    }
    sum
}
