//! Removes impossible measurements: positions, altitudes and speeds that nobody reaches, and the
//! placeholder values of sensors.

use super::{chain::errors, secs_between};
use crate::{
    priority::yield_if_due,
    recordings::{Point, Track},
    sport::{Position, metres_between},
};

/// Plausible altitudes in metres: from the Dead Sea to Mount Everest, with a margin for errors.
const HEIGHTS: std::ops::RangeInclusive<f32> = -500.0..=9000.0;

/// Plausible heart rates, in beats per minute.
const HEART_RATES: std::ops::RangeInclusive<f32> = 1.0..=300.0;

/// Watts. Track sprinters reach 2500. 65 535 is an empty field.
const POWERS: std::ops::RangeInclusive<f32> = 0.0..=4000.0;

/// Revolutions or steps per minute. 255 is an empty field.
const CADENCES: std::ops::RangeInclusive<f32> = 0.0..=254.0;

/// Degrees Celsius. 127 is an empty field.
const TEMPERATURES: std::ops::RangeInclusive<f32> = -70.0..=70.0;

/// Maximum error of a position and of an altitude, in metres, regardless of the sport.
const ERROR_OF_A_FIX: f64 = 30.0;
const ERROR_OF_A_HEIGHT: f64 = 30.0;

/// Maximum vertical speed, in metres per second: lifts and ski descents.
const CLIMB_SPEED: f64 = 20.0;

/// Maximum speed of transport on the ground and in the air, in metres per second.
const ON_GROUND: f64 = 60.0;
pub const IN_AIR: f64 = 350.0;

/// In seconds. A device that wrote nothing for longer may have been stopped.
const BREAK: f64 = 60.0;

/// Returns the top speed of a sport in metres per second: about a quarter above what the best reach
/// for a moment.
fn top_speed(activity_type: &str) -> f64 {
    match activity_type {
        "run" | "trail_run" | "treadmill_run" | "virtual_run" | "walk" | "hike" | "snowshoe"
        | "golf" => 15.0,
        "swim" | "open_water_swim" | "dive" => 5.0,
        "row" | "paddle" | "stand_up_paddle" => 12.0,
        "cycle" | "gravel_cycle" | "mountain_bike" | "indoor_cycle" | "virtual_cycle"
        | "e_bike" | "hand_cycle" => 40.0,
        "cross_country_ski" | "ice_skate" | "inline_skate" => 30.0,
        _ => ON_GROUND,
    }
}

pub fn is_heart_rate(value: f64) -> bool {
    HEART_RATES.contains(&(value as f32))
}

pub fn is_power(value: f64) -> bool {
    POWERS.contains(&(value as f32))
}

pub fn is_cadence(value: f64) -> bool {
    CADENCES.contains(&(value as f32))
}

/// Removes impossible values from the track. Returns the speed limit of the track in metres per
/// second. If too many points exceed the limit of the sport, as in a run that continued on a train,
/// a higher limit applies.
pub fn clean(track: &mut Track, activity_type: &str) -> f64 {
    for point in &mut track.points {
        let at_null = |place: &Position| place.latitude == 0.0 && place.longitude == 0.0;
        point.position = point.position.filter(|place| !at_null(place));
        point.altitude = point.altitude.filter(|height| HEIGHTS.contains(height));
        point.heart_rate = point.heart_rate.filter(|rate| HEART_RATES.contains(rate));
        point.power = point.power.filter(|power| POWERS.contains(power));
        point.cadence = point.cadence.filter(|cadence| CADENCES.contains(cadence));
        point.temperature = point.temperature.filter(|degrees| TEMPERATURES.contains(degrees));
        point.distance = point.distance.filter(|metres| metres.is_finite() && *metres >= 0.0);
    }
    drop_wild_heights(&mut track.points);
    let limit = drop_wild_fixes(&mut track.points, top_speed(activity_type));
    for point in &mut track.points {
        point.speed = point.speed.filter(|speed| (0.0..=limit).contains(&f64::from(*speed)));
    }
    limit
}

/// Returns whether both points are possible at a speed of at most `limit`. During a break, any
/// means of transport is possible.
pub fn is_reachable(one: &Point, other: &Point, metres: f64, limit: f64) -> bool {
    secs_between(one, other).map(f64::abs).is_none_or(|secs| {
        let limit = if secs > BREAK { limit.max(IN_AIR) } else { limit };
        metres <= reach(limit, secs) + ERROR_OF_A_FIX
    })
}

/// Returns the distance possible at `limit`. Without a limit, any distance is possible in no time.
fn reach(limit: f64, secs: f64) -> f64 {
    if limit.is_finite() { limit * secs } else { f64::INFINITY }
}

fn drop_wild_fixes(points: &mut [Point], limit: f64) -> f64 {
    let fixes = places_of(points, |point| point.position.is_some());
    let fix = |at: usize| {
        let point = points.get(*fixes.get(at)?)?;
        Some((point, point.position?))
    };
    let reaches = |one: usize, other: usize, limit: f64| {
        yield_if_due();
        fix(one).zip(fix(other)).is_none_or(|((one, from), (other, to))| {
            is_reachable(one, other, metres_between(from, to), limit)
        })
    };
    for limit in [limit, ON_GROUND, IN_AIR] {
        if let Some(wild) = errors(fixes.len(), |one, other| reaches(one, other, limit)) {
            for at in wild.iter().filter_map(|wild| fixes.get(*wild)) {
                points.get_mut(*at).into_iter().for_each(|point| point.position = None);
            }
            return limit;
        }
    }
    f64::INFINITY
}

/// Returns the indices of points with a value. Allocates once, because a growing vector exists
/// twice while it is copied.
fn places_of(points: &[Point], has: impl Fn(&Point) -> bool) -> Vec<usize> {
    let mut places = Vec::with_capacity(points.len());
    places.extend(points.iter().enumerate().filter(|(_, point)| has(point)).map(|(at, _)| at));
    places
}

/// Removes altitudes that jump away and back: zeros where the receiver knew none, and its first
/// guess.
fn drop_wild_heights(points: &mut [Point]) {
    let heights = places_of(points, |point| point.altitude.is_some());
    let height = |at: usize| {
        let point = points.get(*heights.get(at)?)?;
        Some((point, f64::from(point.altitude?)))
    };
    let reaches = |one: usize, other: usize| {
        height(one).zip(height(other)).is_none_or(|((one, from), (other, to))| {
            let secs = secs_between(one, other).map_or(10.0, f64::abs);
            (to - from).abs() <= CLIMB_SPEED * secs + ERROR_OF_A_HEIGHT
        })
    };
    let wild = errors(heights.len(), reaches).unwrap_or_default();
    for at in wild.iter().filter_map(|wild| heights.get(*wild)) {
        points.get_mut(*at).into_iter().for_each(|point| point.altitude = None);
    }
}
