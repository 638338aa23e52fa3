//! Tests of whole tracks.

use chrono::{DateTime, TimeDelta};
use proptest::prelude::*;

use super::{super::Point, *};
use crate::sport::{Lap, Position};

mod odd;

/// Metres per degree of latitude.
const DEGREE: f64 = 111_195.080_233_532_9;

/// A run near Zurich that is `metres(n)` metres from its start after `n` times `step` seconds.
fn run(step: i64, count: i64, metres: impl Fn(i64) -> f64) -> Session {
    let started_at = DateTime::from_timestamp(1_714_809_600, 0).unwrap();
    let point = |n: i64| Point {
        time: Some(started_at + TimeDelta::seconds(step * n)),
        position: Position::new(47.4 + metres(n) / DEGREE, 8.5),
        ..Point::default()
    };
    let track = Track { points: (0..=count).map(point).collect(), breaks: Vec::new() };
    Session { activity_type: "run", started_at, track, ..Session::default() }
}

fn completed(mut session: Session) -> Session {
    complete(&mut session).unwrap();
    session
}

#[track_caller]
fn assert_near(found: Option<f64>, expected: f64, tolerance: f64) {
    assert!(
        found.is_some_and(|found| (found - expected).abs() <= tolerance),
        "{found:?}, not {expected}"
    );
}

#[test]
fn a_wild_fix_is_no_part_of_the_way_wherever_it_stands() {
    for wild in [0, 1, 300, 599, 600] {
        let mut session = run(1, 600, |n| 3.0 * n as f64);
        session.track.points[wild].position = Position::new(47.9, 8.5);
        let session = completed(session);
        assert_eq!(session.track.points[wild].position, None, "{wild}");
        assert_eq!(session.track.points.iter().filter(|point| point.position.is_none()).count(), 1);
        assert_near(session.totals.distance_meters, 1800.0, 3.1);
        assert_near(session.totals.moving_secs, 600.0, 1.1);
    }
}

#[test]
fn completing_once_more_changes_nothing() {
    let mut session = run(1, 600, |n| 3.0 * n as f64);
    session.track.points[300].position = Position::new(47.9, 8.5);
    session.track.points[400].altitude = Some(-9999.0);
    let once = completed(session);
    let twice = completed(once.clone());
    assert_eq!(once.track.points, twice.track.points);
    assert_eq!(once.totals, twice.totals);
}

#[test]
fn null_island_is_no_place() {
    let mut session = run(1, 600, |n| 3.0 * n as f64);
    session.track.points[..30]
        .iter_mut()
        .for_each(|point| point.position = Position::new(0.0, 0.0));
    let session = completed(session);
    assert!(session.track.points[..30].iter().all(|point| point.position.is_none()));
    assert_near(session.totals.distance_meters, 1710.0, 3.0);
    assert_eq!(session.utc_offset_minutes, Some(120));
}

#[test]
fn a_run_that_went_on_in_a_train_is_kept() {
    let session =
        completed(run(
            5,
            600,
            |n| if n < 300 { 15.0 * n as f64 } else { 200.0 * n as f64 - 55_500.0 },
        ));
    assert!(session.track.points.iter().all(|point| point.position.is_some()));
    assert_near(session.totals.distance_meters, 64_500.0, 70.0);
    // A jump of 300 km in a second, with many points before and after it, adds no distance.
    let session =
        completed(run(1, 600, |n| 3.0 * n as f64 + if n < 300 { 0.0 } else { 300_000.0 }));
    assert!(session.track.points.iter().all(|point| point.position.is_some()));
}

#[test]
fn a_short_part_behind_a_drive_is_kept() {
    let mut session = run(1, 1000, |n| 3.0 * n as f64 + if n < 950 { 0.0 } else { 20_000.0 });
    session.track.breaks = vec![950];
    let late = session.track.points.iter_mut().skip(950);
    late.for_each(|point| point.time = point.time.map(|time| time + TimeDelta::minutes(15)));
    let session = completed(session);
    assert!(session.track.points.iter().all(|point| point.position.is_some()));
    assert_near(session.totals.distance_meters, 2997.0, 1.0);
}

#[test]
fn what_empty_fields_look_like_is_no_measurement() {
    let mut session = run(1, 100, |n| 3.0 * n as f64);
    for (n, point) in session.track.points.iter_mut().enumerate() {
        *point = Point {
            altitude: Some(400.0),
            heart_rate: Some(140.0),
            power: Some(200.0),
            cadence: Some(85.0),
            temperature: Some(20.0),
            speed: Some(3.0),
            ..*point
        };
        if n % 20 == 7 {
            point.altitude = Some([-9999.0, -32_768.0, 12_607.0, 0.0, 9999.0][n / 20]);
            (point.heart_rate, point.power, point.cadence) =
                (Some(0.0), Some(65_535.0), Some(255.0));
            (point.temperature, point.speed) = (Some(127.0), Some(65.535));
        }
    }
    let session = completed(session);
    let odd = session.track.points[7];
    assert_eq!(odd, Point { time: odd.time, position: odd.position, ..Point::default() });
    assert_eq!(session.totals.elevation_gain_meters, Some(0.0));
    assert_eq!(session.totals.avg_power_watts, Some(200.0));
    assert_eq!(session.totals.avg_cadence, Some(85.0));
}

#[test]
fn a_total_of_zero_is_none_when_the_points_moved() {
    let zero = Totals {
        timer_secs: Some(0.0),
        elapsed_secs: Some(0.0),
        moving_secs: Some(0.0),
        distance_meters: Some(0.0),
        ..Totals::default()
    };
    let moved = completed(Session { totals: zero, ..run(1, 600, |n| 3.0 * n as f64) });
    assert_eq!(moved.measured, Totals::default());
    assert_near(moved.totals.distance_meters, 1800.0, 0.1);
    assert_near(moved.totals.elapsed_secs, 600.0, 0.0);
    // Weight training in a room with a receiver switched on.
    let stayed = completed(Session { totals: zero, ..run(1, 600, |n| (n % 3) as f64 * 2.0) });
    assert_eq!((stayed.measured, stayed.totals.distance_meters), (zero, Some(0.0)));
}

#[test]
fn laps_of_zero_have_the_way_of_their_points() {
    let mut session = run(1, 600, |n| 3.0 * n as f64);
    let started_at = |secs| Some(session.started_at + TimeDelta::seconds(secs));
    let lap = |secs, distance| Lap {
        started_at: started_at(secs),
        duration_secs: Some(300.0),
        distance_meters: Some(distance),
        ..Lap::default()
    };
    session.laps = vec![lap(0, 900.0), lap(300, 0.0)];
    session.totals.distance_meters = Some(900.0);
    let session = completed(session);
    assert_near(session.laps[1].distance_meters, 900.0, 0.1);
    assert_near(session.totals.distance_meters, 1800.0, 0.1);
    assert_eq!(session.measured.distance_meters, None);
}

#[test]
fn moving_is_not_a_matter_of_how_often_a_device_writes() {
    let moving = |session: Session| completed(session).totals.moving_secs;
    for step in [1, 2, 3, 5, 7, 10, 30, 60] {
        assert_near(moving(run(step, 600 / step, |n| (3 * step * n) as f64)), 600.0, step as f64);
    }
    // One position for three points.
    assert_near(moving(run(1, 600, |n| (n / 3 * 9) as f64)), 600.0, 3.0);
    // Slow, as uphill in snow.
    assert_near(moving(run(1, 600, |n| 0.4 * n as f64)), 600.0, 5.0);
    // A rest of five minutes, recorded every second or not at all.
    let rest = |n: i64| 3.0 * (n.min(300) + (n - 600).max(0)) as f64;
    assert_near(moving(run(1, 900, rest)), 600.0, 10.0);
    let mut paused = run(1, 900, rest);
    paused.track.points.drain(301..600);
    assert_near(moving(paused), 600.0, 10.0);
}

#[test]
fn indoors_the_count_and_the_speed_tell_what_moved() {
    let indoors = |tell: fn(&mut Point, usize)| {
        let mut session = run(1, 600, |n| 3.0 * n as f64);
        for (n, point) in session.track.points.iter_mut().enumerate() {
            point.position = None;
            tell(point, n);
        }
        completed(session).totals
    };
    let counted = indoors(|point, n| point.distance = Some(n.min(300) as f32 * 3.0));
    assert_near(counted.moving_secs, 300.0, 5.0);
    assert_near(counted.distance_meters, 900.0, 0.0);
    let speed = indoors(|point, n| point.speed = Some(if n < 300 { 3.0 } else { 0.0 }));
    assert_near(speed.moving_secs, 300.0, 1.0);
    assert_near(speed.distance_meters, 900.0, 3.0);
}

#[test]
fn nobody_moves_for_longer_than_the_timer_ran() {
    let totals = Totals { timer_secs: Some(500.0), ..Totals::default() };
    let session = completed(Session { totals, ..run(1, 600, |n| 3.0 * n as f64) });
    assert_eq!(session.totals.moving_secs, Some(500.0));
}

#[test]
fn a_count_begins_at_the_start_and_grows_over_restarts() {
    let counted = |count: fn(usize) -> f32| {
        let mut session = run(1, 1200, |n| 3.0 * n as f64);
        let points = session.track.points.iter_mut().enumerate();
        points.for_each(|(n, point)| point.distance = Some(count(n)));
        let session = completed(session);
        let counts: Vec<_> =
            session.track.points.iter().filter_map(|point| point.distance).collect();
        assert!(counts.is_sorted());
        (counts[0], counts[1200], session.totals.distance_meters)
    };
    assert_eq!(counted(|n| 3.0 * n as f32), (0.0, 3600.0, Some(3600.0)));
    assert_eq!(counted(|n| 40_330.0 + 3.0 * n as f32), (0.0, 3600.0, Some(3600.0)));
    // Every lap starts at zero, at its first or at its second point.
    assert_eq!(counted(|n| 3.0 * (n % 400) as f32), (0.0, 3591.0, Some(3591.0)));
    assert_eq!(counted(|n| 3.0 * (n % 400 + 1) as f32), (3.0, 3603.0, Some(3603.0)));
    // A correction by a few metres is not a restart.
    let corrected = |n: usize| 3.0 * n as f32 - if n >= 600 { 10.0 } else { 0.0 };
    assert_eq!(counted(corrected), (0.0, 3590.0, Some(3590.0)));
    // A counter that stays at zero is ignored.
    let mut session = run(1, 600, |n| 3.0 * n as f64);
    session.track.points.iter_mut().for_each(|point| point.distance = Some(0.0));
    assert_near(completed(session).totals.distance_meters, 1800.0, 0.1);
}

#[test]
fn what_sensors_wrote_by_themselves_goes_to_the_nearest_point() {
    let mut session = run(10, 60, |n| 30.0 * n as f64);
    let at = |secs: i64| Some(session.started_at + TimeDelta::seconds(secs));
    let rate = |secs, rate| Point { time: at(secs), heart_rate: Some(rate), ..Point::default() };
    let rates: Vec<_> = (0..10).map(|n| rate(60 * n + 3, 140.0 + n as f32)).collect();
    session.track.points.extend(rates);
    session.track.points.sort_by_key(|point| point.time);
    // Too long after the end of the track.
    session.track.points.push(rate(900, 99.0));
    let session = completed(session);
    let points = &session.track.points;
    assert_eq!(points.len(), 62);
    let rated =
        points.iter().filter(|point| point.position.is_some() && point.heart_rate.is_some());
    assert_eq!(rated.count(), 10);
    assert_eq!(points[6].heart_rate, Some(141.0));
    assert_eq!(points[61].heart_rate, Some(99.0));
}

#[test]
fn an_offset_is_said_or_that_of_the_place() {
    let offset = |said| {
        let session = Session { utc_offset_minutes: said, ..run(1, 10, |n| n as f64) };
        completed(session).utc_offset_minutes
    };
    assert_eq!((offset(None), offset(Some(0)), offset(Some(60))), (Some(120), Some(120), Some(60)));
    let mut nowhere = run(1, 10, |n| n as f64);
    nowhere.track.points.iter_mut().for_each(|point| point.position = None);
    assert_eq!(completed(nowhere).utc_offset_minutes, None);
}

proptest! {
    /// For any content of a file, no total is negative, infinite or later than the end.
    #[test]
    fn odd_points_give_possible_totals(
        points in prop::collection::vec(
            (
                prop::option::of(-100_000..100_000_i64),
                prop::option::of((-90.0..90.0, -180.0..180.0)),
                prop::option::of(prop::num::f32::ANY),
                prop::option::of(prop::num::f32::ANY),
            ),
            0..60,
        ),
        breaks in prop::collection::btree_set(1..60_usize, 0..4),
    ) {
        let mut session = run(1, 0, |_| 0.0);
        let start = session.started_at;
        session.track.points = points.into_iter().map(|(secs, place, altitude, distance)| Point {
            time: secs.map(|secs| start + TimeDelta::seconds(secs)),
            position: place.and_then(|(latitude, longitude)| Position::new(latitude, longitude)),
            altitude,
            distance,
            ..Point::default()
        }).collect();
        let length = session.track.points.len();
        session.track.breaks = breaks.into_iter().filter(|start| *start < length).collect();
        complete(&mut session).unwrap();
        let Totals { elapsed_secs, moving_secs, distance_meters, elevation_gain_meters, .. } = session.totals;
        for total in [elapsed_secs, moving_secs, distance_meters, elevation_gain_meters].into_iter().flatten() {
            prop_assert!(total.is_finite() && total >= 0.0, "{:?}", session.totals);
        }
        prop_assert!(moving_secs.unwrap_or(0.0) <= elapsed_secs.unwrap_or(f64::INFINITY));
    }
}
