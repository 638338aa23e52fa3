//! How far it was: as the device counted, or along the positions, or by the speed.

use chrono::{DateTime, Utc};

use super::{
    moving::STANDING_STILL,
    sanity::{IN_AIR, is_reachable},
    secs_between,
};
use crate::{
    priority::give_way,
    recordings::{Point, Track},
    sport::metres_between,
};

/// A counter that falls by more begins anew; by less, the device has corrected itself. In metres.
const CORRECTION: f64 = 20.0;

/// In metres: as far as a counter may jump where the receiver was away, under a mountain or a roof.
const CATCHING_UP: f64 = 5000.0;

/// In metres: what a counter may say already at the first point, beside what was covered since
/// the start.
const HEAD_START: f64 = 50.0;

/// In seconds: as long as a speed holds when the next is late.
const SPEED_HOLDS: f64 = 10.0;

/// Somebody who got no further than this from the first fix, in metres, did not go anywhere.
const STAYED: f64 = 100.0;

/// Makes the device's count one that begins at the activity's start and only grows, over laps and
/// restarts of the device. One that says nothing although the positions moved is none.
pub fn level(track: &mut Track, started_at: DateTime<Utc>, limit: f64) {
    let most = track.points.iter().filter_map(|point| point.distance).reduce(f32::max);
    if most.is_none_or(|most| most <= 0.0 && went_somewhere(track)) {
        track.points.iter_mut().for_each(|point| point.distance = None);
        return;
    }
    let start = Point { time: Some(started_at), ..Point::default() };
    // The last point that was counted, and the count there.
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
        // What was corrected is not counted a second time.
        let counted = if begins_anew { metres } else { metres.max(before) };
        last = Some((*point, counted));
        point.distance = Some(sum as f32);
    }
}

/// Metres in all.
pub fn total(track: &Track, limit: f64) -> Option<f64> {
    let counted = track.points.iter().rev().find_map(|point| point.distance);
    counted.map(f64::from).or_else(|| along(track, limit)).or_else(|| by_speed(track, 0.0))
}

/// The way from fix to fix of each piece. A step that cannot be is none.
fn along(track: &Track, limit: f64) -> Option<f64> {
    let mut sum = None;
    for piece in track.pieces() {
        let mut fixes = piece.iter().filter_map(|point| Some((point, point.position?)));
        let Some(mut last) = fixes.next() else { continue };
        for (point, place) in fixes {
            give_way();
            let metres = metres_between(last.1, place);
            let can_be = is_reachable(last.0, point, metres, limit);
            *sum.get_or_insert(0.0) += if can_be { metres } else { 0.0 };
            last = (point, place);
        }
    }
    sum
}

/// By the speeds that are `slowest` at least.
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

/// Whether the points show that somebody moved, and not only that a receiver errs. Speeds tell it
/// where no place does: indoors.
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
