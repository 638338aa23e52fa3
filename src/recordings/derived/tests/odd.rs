//! Tests of impossible totals, laps and times.

use super::*;

#[test]
fn a_total_that_cannot_be_is_what_the_track_says() {
    let odd = Totals {
        timer_secs: Some(600_000.0),
        distance_meters: Some(1e12),
        calories: Some(65_534.0),
        ..Totals::default()
    };
    let lap = Lap {
        started_at: Some(run(1, 0, |_| 0.0).started_at),
        duration_secs: Some(600_000.0),
        distance_meters: Some(1e12),
        calories: Some(65_534),
        ..Lap::default()
    };
    let laps = vec![lap.clone(), Lap { started_at: None, ..lap }];
    let session = Session { totals: odd, laps, ..run(1, 600, |n| 3.0 * n as f64) };
    let mut recording = Recording { sessions: vec![session], ..Recording::default() };
    complete_all(&mut recording).unwrap();
    assert_eq!(recording.warnings.len(), 1, "{:?}", recording.warnings);
    let session = &recording.sessions[0];
    assert_eq!(session.measured, Totals::default());
    assert_near(session.totals.distance_meters, 1800.0, 0.1);
    assert_eq!((session.totals.timer_secs, session.totals.elapsed_secs), (None, Some(600.0)));
    let distances = session.laps.iter().map(|lap| lap.distance_meters.map(f64::round));
    assert_eq!(distances.collect::<Vec<_>>(), [Some(1800.0), None]);
    assert!(
        session.laps.iter().all(|lap| lap.duration_secs.or(lap.calories.map(f64::from)).is_none())
    );
}

#[test]
fn indoors_a_total_of_zero_is_none_when_the_speed_says_so() {
    let totals = Totals { distance_meters: Some(0.0), ..Totals::default() };
    let indoors = |speed: f32, count: Option<f32>| {
        let mut session = Session { totals, ..run(1, 600, |_| 0.0) };
        for point in &mut session.track.points {
            (point.position, point.speed, point.distance) = (None, Some(speed), count);
        }
        completed(session).totals.distance_meters
    };
    assert_near(indoors(3.0, None), 1800.0, 3.1);
    assert_near(indoors(3.0, Some(0.0)), 1800.0, 3.1);
    // What a sensor reports for a wheel that stands still.
    assert_eq!(indoors(0.2, None), Some(0.0));
}

#[test]
fn without_times_that_tell_anything_the_way_counts() {
    for (step, count) in [(3.0, 600), (30.0, 60), (300.0, 6)] {
        let session = completed(run(0, count, |n| step * n as f64));
        assert_near(session.totals.distance_meters, 1800.0, 0.1);
    }
    // Times of whole minutes.
    let mut session = run(10, 60, |n| 100.0 * n as f64);
    for point in &mut session.track.points {
        point.time = point.time.map(|time| time - TimeDelta::seconds(time.timestamp() % 60));
    }
    assert_near(completed(session).totals.distance_meters, 6000.0, 0.1);
}
