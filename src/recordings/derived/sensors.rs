//! Sensors that wrote points of their own: what they measured goes to the nearest point of the
//! way, so that a chart, an export and a reader of points have it where it was measured.

use chrono::{DateTime, TimeDelta, Utc};

use crate::recordings::{Point, Track};

/// What was measured further away in time stays where it is.
const NEAR: TimeDelta = TimeDelta::seconds(60);

/// Moves what points without a position measured to the nearest point that has one and lacks it.
/// Points of which nothing is left are gone.
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

/// Where the point of `places` is that is nearest in time.
fn nearest(places: &[(DateTime<Utc>, usize)], lone: Point) -> Option<usize> {
    let time = lone.time?;
    let after = places.partition_point(|(there, _)| *there < time);
    let candidates = [after.checked_sub(1), Some(after)].into_iter().flatten();
    let found = candidates.filter_map(|at| places.get(at));
    let (there, at) = found.min_by_key(|(there, _)| (*there - time).abs())?;
    ((*there - time).abs() <= NEAR).then_some(*at)
}

/// Both as one point. `None` when they say different things of the same, or `lone` says nothing, or
/// is of another moment and more than a sensor's: a device that counts on where it sees no sky.
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
    // A value that did not change is a measurement, too.
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
