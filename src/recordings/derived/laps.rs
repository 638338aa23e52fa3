//! Corrects laps with impossible distances: zero although their points moved, or more than anyone
//! can cover.

use chrono::{DateTime, TimeDelta, Utc};

use super::{
    belief::{can_burn, can_cover, can_last},
    distance, elapsed,
};
use crate::{
    recordings::{Session, Track},
    sport::Lap,
};

/// Maximum difference between sums of rounded laps, in metres.
const ROUNDING: f64 = 1.0;

/// In metres. A lap with less is a rest: GPS noise, and perhaps the end of a pool length.
const REST: f64 = 50.0;

/// Sets the distance of such laps from their points. Drops a total that was only their sum.
pub fn fill(session: &mut Session, limit: f64) {
    let span = elapsed(&session.track);
    let odd: Vec<_> = session.laps.iter_mut().map(|lap| believe(lap, span, limit)).collect();
    let is_zero = |distance: Option<f64>| distance == Some(0.0);
    if !session.laps.iter().any(|lap| is_zero(lap.distance_meters)) {
        return;
    }
    let starts: Vec<_> = session.laps.iter().map(|lap| lap.started_at).collect();
    let sum =
        |session: &Session| session.laps.iter().filter_map(|lap| lap.distance_meters).sum::<f64>();
    let before = sum(session);
    for (at, lap) in session.laps.iter_mut().enumerate() {
        if !is_zero(lap.distance_meters) {
            continue;
        }
        let Some(start) = lap.started_at else { continue };
        let secs = lap.elapsed_secs.or(lap.duration_secs).filter(|secs| *secs > 0.0);
        let length = secs.and_then(|secs| TimeDelta::try_milliseconds((secs * 1000.0) as i64));
        let next = starts.get(at + 1).copied().flatten();
        let end = next.or_else(|| start.checked_add_signed(length?));
        let part = part(&session.track, start, end.unwrap_or(DateTime::<Utc>::MAX_UTC));
        if distance::went_somewhere(&part) {
            let first = part.points.iter().find_map(|point| point.distance).map_or(0.0, f64::from);
            let covered = distance::total(&part, limit).map(|metres| metres - first);
            lap.distance_meters = covered.filter(|metres| *metres > REST).or(lap.distance_meters);
        }
    }
    for (lap, _) in session.laps.iter_mut().zip(odd).filter(|(_, is_odd)| *is_odd) {
        lap.distance_meters = lap.distance_meters.filter(|metres| *metres > 0.0);
    }
    let is_sum = |total: &f64| (*total - before).abs() <= ROUNDING;
    if sum(session) > before && session.totals.distance_meters.as_ref().is_some_and(is_sum) {
        session.totals.distance_meters = None;
    }
}

/// Removes impossible values from a lap of an activity whose points span `span`. Returns whether
/// its distance is impossible, and sets such a distance to zero.
fn believe(lap: &mut Lap, span: Option<f64>, limit: f64) -> bool {
    for secs in [&mut lap.duration_secs, &mut lap.elapsed_secs] {
        *secs = secs.filter(|secs| can_last(*secs, span));
    }
    let lasted = [span, lap.elapsed_secs, lap.duration_secs];
    let lasted = lasted.into_iter().flatten().reduce(f64::max);
    lap.calories = lap.calories.filter(|calories| can_burn(f64::from(*calories), lasted));
    let is_odd = lap.distance_meters.is_some_and(|metres| !can_cover(metres, lasted, limit));
    if is_odd {
        lap.distance_meters = Some(0.0);
    }
    is_odd
}

/// Returns the points from `start` to `end`, in their pieces.
fn part(track: &Track, start: DateTime<Utc>, end: DateTime<Utc>) -> Track {
    let mut part = Track::default();
    for piece in track.pieces() {
        part.break_off();
        let is_in = |time: DateTime<Utc>| (start..=end).contains(&time);
        part.points.extend(piece.iter().filter(|point| point.time.is_some_and(is_in)));
    }
    part
}
