//! What cannot be is no measurement: places, heights and speeds where nobody was, and numbers that
//! devices write when a sensor says nothing.

use super::{chain::errors, secs_between};
use crate::{
    priority::give_way,
    recordings::{Point, Track},
    sport::{Position, metres_between},
};

/// Heights on Earth where somebody may be, in metres: the Dead Sea, Everest, and some error.
const HEIGHTS: std::ops::RangeInclusive<f32> = -500.0..=9000.0;

/// Of no living person.
const HEART_RATES: std::ops::RangeInclusive<f32> = 1.0..=300.0;

/// In watts: track sprinters reach 2500. 65 535 is an empty field.
const POWERS: std::ops::RangeInclusive<f32> = 0.0..=4000.0;

/// In turns or steps a minute: 255 is an empty field.
const CADENCES: std::ops::RangeInclusive<f32> = 0.0..=254.0;

/// In degrees Celsius: 127 is an empty field.
const TEMPERATURES: std::ops::RangeInclusive<f32> = -70.0..=70.0;

/// How far a fix may be from where it should be, in metres, however fast the sport is; and a
/// height.
const ERROR_OF_A_FIX: f64 = 30.0;
const ERROR_OF_A_HEIGHT: f64 = 30.0;

/// As fast as heights change, in metres a second: lifts and descents on skis.
const CLIMB_SPEED: f64 = 20.0;

/// What moves people on the ground, and in the air, in metres a second.
const ON_GROUND: f64 = 60.0;
pub const IN_AIR: f64 = 350.0;

/// In seconds: somebody whose device wrote nothing for longer may have stopped it.
const BREAK: f64 = 60.0;

/// Faster than this is no measurement in a sport, in metres a second: about a quarter above what
/// the best reach for a moment.
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

/// Takes out of the track what cannot be. Says how fast the sport may be, in metres a second: where
/// too many points are faster, as of a run that went on in a train, more is believed.
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

/// Whether both can be true of somebody who moves with `limit` at most. In a break they may have
/// gone by anything.
pub fn is_reachable(one: &Point, other: &Point, metres: f64, limit: f64) -> bool {
    secs_between(one, other).map(f64::abs).is_none_or(|secs| {
        let limit = if secs > BREAK { limit.max(IN_AIR) } else { limit };
        metres <= reach(limit, secs) + ERROR_OF_A_FIX
    })
}

/// How far one gets with `limit` at most; without a limit, as far as there is in no time.
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
        give_way();
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

/// Where the points are that have something, in room for all: room that grows is there twice.
fn places_of(points: &[Point], has: impl Fn(&Point) -> bool) -> Vec<usize> {
    let mut places = Vec::with_capacity(points.len());
    places.extend(points.iter().enumerate().filter(|(_, point)| has(point)).map(|(at, _)| at));
    places
}

/// Heights that jump, and back: zeros where the receiver knew none, and its first guess.
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
