//! Handles sensors that wrote separate points. Their values move to the nearest point of the track,
//! so that charts, exports and other readers find them where they were measured.

use chrono::{DateTime, TimeDelta, Utc};

use crate::recordings::{Point, Track};

/// Values farther away in time are not moved.
const NEAR: TimeDelta = TimeDelta::seconds(60);

/// Moves the values of points without a position to the nearest point that has a position and lacks
/// them. Removes points without remaining values.
pub fn gather(track: &mut Track) {
    if track.points.iter().all(|point| point.position.is_some() && point.time.is_some()) {
        return;
    }
    let mut places: Vec<(DateTime<Utc>, usize)> = track
        .points
        .iter()
        .enumerate()
        .filter(|(_, point)| point.position.is_some())
        .filter_map(|(at, point)| Some((point.time?, at)))
        .collect();
    if places.is_empty() || places.len() == track.points.len() {
        return;
    }
    if !places.is_sorted() {
        places.sort_unstable();
    }
    let mut is_moved = vec![false; track.points.len()];
    for (at, is_moved) in is_moved.iter_mut().enumerate() {
        let Some(lone) = track.points.get(at).copied().filter(|point| point.position.is_none())
        else {
            continue;
        };
        if let Some(place) = nearest(&places, lone)
            && let Some(point) = track.points.get_mut(place)
            && let Some(both) = together(*point, lone)
        {
            *point = both;
            *is_moved = true;
        }
    }
    remove(track, &is_moved);
}

/// Returns the index of the point in `places` that is nearest in time.
fn nearest(places: &[(DateTime<Utc>, usize)], lone: Point) -> Option<usize> {
    let time = lone.time?;
    let after = places.partition_point(|(there, _)| *there < time);
    let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten();
    let found = candidates.filter_map(|at| places.get(at));
    let (there, at) = found.min_by_key(|(there, _)| (*there - time).abs())?;
    ((*there - time).abs() <= NEAR).then_some(*at)
}

/// Merges two points. Returns `None` if they contradict each other or if `lone` has no sensor
/// value. Also returns `None` if the times differ and `lone` has more than sensor values: such a
/// device continues to count without reception.
fn together(place: Point, lone: Point) -> Option<Point> {
    let sensors = [lone.heart_rate, lone.cadence, lone.power, lone.temperature];
    let others = [lone.altitude, lone.distance, lone.speed];
    let has = |values: &[Option<f32>]| values.iter().any(Option::is_some);
    let fits = if has(&others) { place.time == lone.time } else { has(&sensors) };
    if !fits {
        return None;
    }
    let one = |there: Option<f32>, here: Option<f32>| match (there, here) {
        (Some(there), Some(here)) if there != here => None,
        (there, here) => Some(there.or(here)),
    };
    let both = Point {
        altitude: one(place.altitude, lone.altitude)?,
        distance: one(place.distance, lone.distance)?,
        speed: one(place.speed, lone.speed)?,
        heart_rate: one(place.heart_rate, lone.heart_rate)?,
        cadence: one(place.cadence, lone.cadence)?,
        power: one(place.power, lone.power)?,
        temperature: one(place.temperature, lone.temperature)?,
        ..place
    };
    // If merging adds nothing, keep `lone`: an unchanged value is a measurement, too.
    (both != place || place.time == lone.time).then_some(both)
}

fn remove(track: &mut Track, is_gone: &[bool]) {
    let mut left = Track::default();
    let mut breaks = track.breaks.iter().peekable();
    for (at, (point, is_gone)) in track.points.iter().zip(is_gone).enumerate() {
        if breaks.next_if(|start| **start <= at).is_some() {
            left.break_off();
        }
        if !is_gone {
            left.points.push(*point);
        }
    }
    *track = left;
}
