//! Distance: from the device's counter, else from positions, else from speed.

use chrono::{DateTime, Utc};

use super::{
    moving::STANDING_STILL,
    sanity::{IN_AIR, is_reachable},
    secs_between,
};
use crate::{
    priority::yield_if_due,
    recordings::{Point, Track},
    sport::metres_between,
};

/// In metres. A counter that falls by more has restarted. If it falls by less, the device has
/// corrected itself.
const CORRECTION: f64 = 20.0;

/// Maximum jump of a counter after a loss of reception, such as in a tunnel or under a roof, in
/// metres.
const CATCHING_UP: f64 = 5000.0;

/// Maximum count at the first point, in metres, in addition to the distance possible since the
/// start.
const HEAD_START: f64 = 50.0;

/// How long a speed holds if the next one is late, in seconds.
const SPEED_HOLDS: f64 = 10.0;

/// Someone who got no farther than this from the first fix, in metres, did not go anywhere.
const STAYED: f64 = 100.0;

/// Normalises the device's counter: it starts at zero at the start of the activity and never falls,
/// across laps and restarts of the device. A counter that stays at zero although the positions
/// moved is removed.
pub fn level(track: &mut Track, started_at: DateTime<Utc>, limit: f64) {
    let most = track.points.iter().filter_map(|point| point.distance).reduce(f32::max);
    if most.is_none_or(|most| most <= 0.0 && went_somewhere(track)) {
        track.points.iter_mut().for_each(|point| point.distance = None);
        return;
    }
    let start = Point { time: Some(started_at), ..Point::default() };
    // The last counted point, and its count.
    let mut last: Option<(Point, f64)> = None;
    let mut sum = 0.0;
    for point in &mut track.points {
        let Some(metres) = point.distance.map(f64::from) else { continue };
        let (from, before) = last.unwrap_or((start, 0.0));
        let secs = secs_between(&from, point).unwrap_or(0.0).max(0.0);
        let at_most =
            limit.min(IN_AIR) * secs + if last.is_none() { HEAD_START } else { CATCHING_UP };
        let begins_anew = before - metres > CORRECTION.min(before / 2.0);
        let step = if begins_anew { metres } else { metres - before };
        sum += if (0.0..=at_most).contains(&step) { step } else { 0.0 };
        // Do not count a correction twice.
        let counted = if begins_anew { metres } else { metres.max(before) };
        last = Some((*point, counted));
        point.distance = Some(sum as f32);
    }
}

/// Returns the total distance in metres.
pub fn total(track: &Track, limit: f64) -> Option<f64> {
    let counted = track.points.iter().rev().find_map(|point| point.distance);
    counted.map(f64::from).or_else(|| along(track, limit)).or_else(|| by_speed(track, 0.0))
}

/// Returns the distance from fix to fix within each piece. Impossible steps count as zero.
fn along(track: &Track, limit: f64) -> Option<f64> {
    let mut sum = None;
    for piece in track.pieces() {
        let mut fixes = piece.iter().filter_map(|point| Some((point, point.position?)));
        let Some(mut last) = fixes.next() else { continue };
        for (point, place) in fixes {
            yield_if_due();
            let metres = metres_between(last.1, place);
            let can_be = is_reachable(last.0, point, metres, limit);
            *sum.get_or_insert(0.0) += if can_be { metres } else { 0.0 };
            last = (point, place);
        }
    }
    sum
}

/// Returns the distance computed from the speeds of at least `slowest`.
fn by_speed(track: &Track, slowest: f64) -> Option<f64> {
    let mut sum = None;
    for piece in track.pieces() {
        for (one, other) in piece.iter().zip(piece.iter().skip(1)) {
            let Some((speed, secs)) = one.speed.zip(secs_between(one, other)) else { continue };
            let speed = Some(f64::from(speed)).filter(|speed| *speed >= slowest);
            *sum.get_or_insert(0.0) += speed.unwrap_or(0.0) * secs.clamp(0.0, SPEED_HOLDS);
        }
    }
    sum
}

/// Returns whether the points show movement, and not only GPS noise. Without positions, as indoors,
/// speeds decide.
pub fn went_somewhere(track: &Track) -> bool {
    let counted =
        track.points.iter().any(|point| point.distance.is_some_and(|metres| metres > 0.0));
    let mut places = track.points.iter().filter_map(|point| point.position);
    counted
        || match places.next() {
            Some(first) => places.any(|place| metres_between(first, place) > STAYED),
            None => by_speed(track, STANDING_STILL).is_some_and(|metres| metres > STAYED),
        }
}
