//! Sessions, laps and times.

use super::*;

#[test]
fn without_a_session_there_are_sport_timer_and_workout() {
    let mut messages = Messages::default();
    messages.id(4).add(12, &[(0, Value::Enum(1)), (3, Value::Text("Trail", 16))]);
    messages.add(26, &[(8, Value::Text("5 x 1 km", 16))]);
    let event = |messages: &mut Messages, second: i64, kind| {
        let fields =
            [(253, Value::time(START + second)), (0, Value::Enum(0)), (1, Value::Enum(kind))];
        messages.add(EVENT, &fields);
    };
    event(&mut messages, 0, 0);
    (0..=20).for_each(|second| record(&mut messages, second, &[]));
    event(&mut messages, 20, 4);
    event(&mut messages, 600, 0);
    (600..=630).for_each(|second| record(&mut messages, second, &[]));
    let session = only(&messages.file());
    assert_eq!((session.activity_type, session.sport_raw.as_deref()), ("run", Some("running")));
    assert_eq!(session.title.as_deref(), Some("5 x 1 km"));
    assert_eq!(session.totals.timer_secs, Some(50.0));
    assert_eq!(session.totals.elapsed_secs, Some(630.0));
    assert_eq!(session.track.breaks, [21]);
}

/// If FIT has no number for a sport, its name by the owner counts.
#[test]
fn a_sport_without_a_name_is_named_by_its_owner() {
    let mut messages = minute();
    session(&mut messages, 0, START, 60, &[(110, Value::Text("Rowing", 16))]);
    let rowing = only(&messages.file());
    assert_eq!((rowing.activity_type, rowing.sport_raw.as_deref()), ("row", Some("Rowing")));
}

#[test]
fn laps_belong_to_the_session_that_says_so_or_to_that_of_their_middle() {
    for has_indices in [true, false] {
        let mut messages = Messages::default();
        messages.id(4);
        (0..=600).for_each(|second| record(&mut messages, second, &[]));
        for (index, start, secs) in [(0_u16, 0, 200), (1, 199, 401)] {
            let mut fields = vec![(2, Value::time(START + start)), (7, Value::U32(secs * 1000))];
            fields.extend(has_indices.then_some((254, Value::U16(index))));
            messages.add(LAP, &fields);
        }
        for (index, sport, start, secs) in [(0_u16, 5, 0, 200), (1, 2, 200, 400)] {
            let mut own = vec![];
            if has_indices {
                own.extend([(25, Value::U16(index)), (26, Value::U16(1))]);
            }
            session(&mut messages, sport, START + start, secs, &own);
        }
        let recording = read(&messages.file()[..]).unwrap();
        let laps: Vec<_> = recording.sessions.iter().map(|session| session.laps.len()).collect();
        assert_eq!(laps, [1, 1], "{has_indices}");
    }
}

#[test]
fn a_session_without_a_start_begins_where_its_end_or_its_points_say() {
    for (fields, start) in [
        (vec![(253, Value::time(START + 90)), (7, Value::U32(90_000))], START),
        (vec![(5, Value::Enum(1))], START),
        (vec![(2, Value::U32(5)), (7, Value::U32(60_000))], START),
    ] {
        let mut messages = minute();
        messages.add(SESSION, &fields);
        assert_eq!(only(&messages.file()).started_at, at(start), "{fields:?}");
    }
    let mut empty = Messages::default();
    empty.add(0, &[(0, Value::Enum(4)), (4, Value::time(START))]);
    empty.add(SESSION, &[(5, Value::Enum(1)), (8, Value::U32(60_000))]);
    assert_eq!(only(&empty.file()).started_at, at(START));
}

/// The clock of a device counts from when it was switched on, until satellites set it.
#[test]
fn times_before_the_clock_was_set_are_moved_to_when_they_were() {
    let mut messages = Messages::default();
    messages.id(4);
    (0..10).for_each(|second| {
        messages.add(RECORD, &[(253, Value::U32(100 + second)), (3, Value::U8(140))]);
    });
    (10..=20).for_each(|second| record(&mut messages, second, &[(3, Value::U8(140))]));
    let session = only(&messages.file());
    assert_eq!(session.started_at, at(START));
    assert_eq!(session.totals.elapsed_secs, Some(20.0));
}

#[test]
fn points_out_of_order_are_put_in_order() {
    let mut messages = Messages::default();
    messages.id(4);
    for second in [0, 1, 2, 5, 6, 3, 4, 4, 7] {
        record(&mut messages, second, &[]);
    }
    let session = only(&messages.file());
    let times: Vec<_> = session.track.points.iter().filter_map(|point| point.time).collect();
    assert_eq!(times, (START..START + 8).map(at).collect::<Vec<_>>());
}

#[test]
fn the_lengths_of_a_pool_say_how_far_it_was_when() {
    let mut messages = Messages::default();
    messages.id(4);
    for (start, secs, kind) in [(0, 30, 1), (30, 30, 1), (60, 60, 0), (120, 30, 1)] {
        messages.add(
            101,
            &[
                (253, Value::time(START + start + secs)),
                (2, Value::time(START + start)),
                (3, Value::U32(secs as u32 * 1000)),
                (12, Value::Enum(kind)),
            ],
        );
    }
    messages.add(
        SESSION,
        &[
            (2, Value::time(START)),
            (5, Value::Enum(5)),
            (6, Value::Enum(17)),
            (7, Value::U32(150_000)),
            (44, Value::U16(2500)),
        ],
    );
    let session = only(&messages.file());
    let counted: Vec<_> = session.track.points.iter().filter_map(|point| point.distance).collect();
    assert_eq!(counted, [0.0, 25.0, 50.0, 50.0, 75.0]);
    assert_eq!(session.totals.distance_meters, Some(75.0));
}

#[test]
fn the_time_zone_is_one_that_places_have() {
    for (ahead, minutes) in [(7200, Some(120)), (6900, Some(120)), (20_700, Some(345))] {
        let mut messages = minute();
        let local = Value::time(START + 60 + ahead);
        messages.add(ACTIVITY, &[(253, Value::time(START + 60)), (5, local)]);
        assert_eq!(only(&messages.file()).utc_offset_minutes, minutes, "{ahead}");
    }
}
