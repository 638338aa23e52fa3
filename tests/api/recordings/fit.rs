//! FIT as devices and programs write it, whole and damaged.

use chrono::{DateTime, Utc};
use sports_log::recordings::{Reason, Recording, Session, read};

use crate::support::fit::{self, Messages, Value};

/// 2026-05-04T08:00:00Z.
const START: i64 = 1_777_881_600;
const RECORD: u16 = 20;
const SESSION: u16 = 18;
const LAP: u16 = 19;
const EVENT: u16 = 21;
const ACTIVITY: u16 = 34;

fn at(unix: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(unix, 0).unwrap()
}

/// A run northward, three metres a second; `more` are further fields.
fn record(messages: &mut Messages, second: i64, more: &[fit::Field<'_>]) {
    let mut fields = vec![
        (253, Value::time(START + second)),
        (0, Value::degrees(47.0 + second as f64 * 3.0 / 111_195.0)),
        (1, Value::degrees(8.0)),
        (5, Value::U32(second as u32 * 300)),
    ];
    fields.extend(more);
    messages.add(RECORD, &fields);
}

fn session(messages: &mut Messages, sport: u8, start: i64, secs: i64, more: &[fit::Field<'_>]) {
    let millis = Value::U32(secs as u32 * 1000);
    let mut fields = vec![
        (253, Value::time(start + secs)),
        (2, Value::time(start)),
        (5, Value::Enum(sport)),
        (7, millis),
        (8, millis),
        (9, Value::U32(secs as u32 * 300)),
    ];
    fields.extend(more);
    messages.add(SESSION, &fields);
}

/// A run of a minute, without a session.
fn minute() -> Messages {
    let mut messages = Messages::default();
    messages.id(4);
    (0..=60).for_each(|second| record(&mut messages, second, &[(3, Value::U8(140))]));
    messages
}

#[track_caller]
fn only(bytes: &[u8]) -> Session {
    let mut sessions = read(bytes).unwrap().sessions;
    assert_eq!(sessions.len(), 1);
    sessions.remove(0)
}

#[track_caller]
fn assert_read(bytes: &[u8], points: usize, warning: &str) -> Recording {
    let recording = read(bytes).unwrap();
    assert_eq!(recording.sessions[0].track.points.len(), points);
    assert_eq!(recording.warnings.join("; "), warning);
    recording
}

const CUT_OFF: &str = "it ends before it should: what came before was read";
const NO_CHECKSUM: &str = "it has no checksum: it may be incomplete";
const WRONG_CHECKSUM: &str = "its checksum is wrong: what could be read of it may be damaged";

#[test]
fn a_file_is_read_whatever_became_of_its_frame() {
    let body = minute().bytes;
    let whole = fit::file(&body);
    let without_checksum = &whole[..whole.len() - 2];
    assert_read(&whole, 61, "");
    assert_read(&[&whole[..], &[0; 100]].concat(), 61, "");
    assert_read(&[&whole[..], b"rubbish"].concat(), 61, "7 bytes behind its end were ignored");
    assert_read(without_checksum, 61, NO_CHECKSUM);
    assert_read(&[without_checksum, &[0, 0]].concat(), 61, WRONG_CHECKSUM);
    // The length was never written, with and without a checksum, and space was reserved behind it.
    assert_read(&fit::framed(&body, 0), 61, "");
    let open = fit::framed(&body, 0);
    assert_read(&open[..open.len() - 2], 61, NO_CHECKSUM);
    assert_read(&fit::framed(&body, u32::MAX as usize)[..open.len() - 2], 61, NO_CHECKSUM);
    assert_read(&[&open[..open.len() - 2], &[0; 500]].concat(), 61, NO_CHECKSUM);
    // The length is that of an earlier moment, or too large.
    assert_read(&fit::framed(&body, 200), 61, "");
    assert_read(&fit::framed(&body, body.len() + 1000), 61, "");
    assert_read(&whole[..whole.len() - 12], 60, CUT_OFF);
    assert_eq!(read(&whole[..40]).unwrap_err().reason, Reason::Truncated);
}

/// Of a file in which bytes were lost or changed, the messages before and behind are read.
#[test]
fn damage_within_a_file_costs_what_is_damaged() {
    let body = minute().bytes;
    let (before, behind) = body.split_at(body.len() - 300);
    let lost = fit::framed(&[before, &behind[7..]].concat(), body.len() - 7);
    for (what, bytes) in [
        ("zeros", [before, &[0; 64], &behind[64..]].concat()),
        ("zeros between", [before, &[0; 512], behind].concat()),
        ("ones", [before, &[0xff; 64], &behind[64..]].concat()),
        ("lost", [before, &behind[7..]].concat()),
    ] {
        // The checksum is that of the file as it was.
        let mut file = fit::file(&bytes);
        let end = file.len() - 1;
        file[end] ^= 1;
        let recording = read(&file).unwrap();
        let points = &recording.sessions[0].track.points;
        let times: Vec<_> = points.iter().filter_map(|point| point.time).collect();
        assert!((56..=61).contains(&points.len()), "{what}: {}", points.len());
        assert!(times.is_sorted() && times.last() == Some(&at(START + 60)), "{what}");
        assert!(times.first() == Some(&at(START)), "{what}");
        assert_eq!(recording.warnings[0], WRONG_CHECKSUM, "{what}");
    }
    assert_read(&lost, 59, "23 bytes within it are damaged");
}

#[test]
fn of_a_chain_the_activities_are_taken_each_with_its_own_points() {
    let ride = || {
        let mut messages = minute();
        session(&mut messages, 2, START, 60, &[]);
        messages.file()
    };
    let mut run = Messages::default();
    run.id(4);
    (600..=660).for_each(|second| record(&mut run, second, &[]));
    session(&mut run, 1, START + 600, 60, &[]);
    let settings = Messages::default().id(2).add(3, &[(0, Value::Text("Ann", 8))]).file();
    let chain = [&settings[..], &ride(), &settings, &run.file()].concat();
    let recording = read(&chain).unwrap();
    let [ride, run] = &recording.sessions[..] else { panic!("{recording:?}") };
    assert_eq!((ride.activity_type, run.activity_type), ("cycle", "run"));
    assert_eq!((ride.track.points.len(), run.track.points.len()), (61, 61));
    let refusal = read(&settings).unwrap_err();
    assert_eq!(refusal.reason, Reason::NotAnActivity);
    assert_eq!(refusal.message, "it has settings of a device: no activity");
}

/// Heart rates of a strap stand in files of their own behind the swim that they are of.
#[test]
fn heart_rates_that_come_afterwards_are_those_of_the_points() {
    let mut swim = Messages::default();
    swim.id(4);
    (0..=8).for_each(|second| record(&mut swim, second, &[]));
    let mut strap = Messages::default();
    strap.add(132, &[(253, Value::time(START)), (6, Value::U8(120)), (9, Value::U32(1024 * 5000))]);
    // Twelve bits each, of which these are the lowest: one second later, and another.
    let ticks = [(1024 * 5001) & 0xfff, (1024 * 5002) & 0xfff];
    let packed =
        [ticks[0] as u8, (ticks[0] >> 8 | (ticks[1] & 0xf) << 4) as u8, (ticks[1] >> 4) as u8];
    strap.add(132, &[(6, Value::Raw(2, &[121, 122])), (10, Value::Raw(13, &packed))]);
    let session = only(&[swim.file(), strap.file()].concat());
    let rates: Vec<_> = session.track.points.iter().map(|point| point.heart_rate).collect();
    let known = [120.0, 121.0, 122.0, 122.0, 122.0, 122.0, 122.0, 122.0].map(Some);
    assert_eq!(rates[..8], known);
    assert_eq!(rates[8], None);
}

#[test]
fn sensors_in_messages_of_their_own_belong_to_the_point_of_their_moment() {
    let mut messages = Messages::default();
    messages.id(4);
    for second in 0..=60 {
        record(&mut messages, second, &[]);
        let time = (253, Value::time(START + second));
        messages.add(RECORD, &[time, (3, Value::U8(140)), (7, Value::U16(200))]);
        // Some write the whole message once more.
        record(&mut messages, second, &[]);
    }
    let session = only(&messages.file());
    assert_eq!(session.track.points.len(), 61);
    let is_whole = |point: &sports_log::recordings::Point| {
        (point.position.is_some(), point.heart_rate, point.power)
            == (true, Some(140.0), Some(200.0))
    };
    assert!(session.track.points.iter().all(is_whole));
    assert_eq!(session.totals.avg_power_watts, Some(200.0));
}

/// A field of another developer stands for the one of the profile that its description names.
#[test]
fn fields_of_developers_are_read_by_what_they_stand_for() {
    let mut messages = Messages::default();
    messages.id(4);
    let describe = |messages: &mut Messages, number, base, name, units, native: Option<u8>| {
        let mut fields = vec![
            (0, Value::U8(0)),
            (1, Value::U8(number)),
            (2, Value::U8(base)),
            (3, Value::Text(name, 16)),
            (8, Value::Text(units, 8)),
        ];
        fields.extend(native.map(|native| (15, Value::U8(native))));
        messages.add(206, &fields);
    };
    describe(&mut messages, 0, 0x84, "RP_Power", "watts", Some(7));
    describe(&mut messages, 1, 0x88, "Speed", "km/h", Some(6));
    describe(&mut messages, 2, 2, "Steps", "spm", Some(4));
    describe(&mut messages, 3, 2, "Heart Rate", "bpm", None);
    for second in 0..=10 {
        messages.add_with(
            RECORD,
            &[(253, Value::time(START + second))],
            &[
                (0, 0, Value::U16(250)),
                (0, 1, Value::F32(36.0)),
                (0, 2, Value::U8(180)),
                (0, 3, Value::U8(140)),
                // Nothing describes it.
                (0, 9, Value::U32(7)),
            ],
        );
    }
    let session = only(&messages.file());
    let point = session.track.points[5];
    assert_eq!((point.power, point.cadence), (Some(250.0), Some(90.0)));
    assert_eq!((point.speed, point.heart_rate), (Some(10.0), Some(140.0)));
    assert_eq!(session.totals.avg_power_watts, Some(250.0));
}

#[test]
fn big_endian_and_compressed_times_are_read() {
    let mut big = Messages::default();
    big.is_big_endian = true;
    big.id(4);
    (0..=60).for_each(|second| record(&mut big, second, &[(2, Value::U16(4500))]));
    let session = only(&big.file());
    assert_eq!(session.track.points[60].time, Some(at(START + 60)));
    assert_eq!(session.track.points[60].altitude, Some(400.0));
    let mut compressed = Messages::default();
    compressed.id(4);
    record(&mut compressed, 0, &[]);
    for second in 1..=100 {
        compressed.add_at(START + second, RECORD, &[(3, Value::U8(140))]);
    }
    let session = only(&compressed.file());
    let times: Vec<_> = session.track.points.iter().filter_map(|point| point.time).collect();
    assert_eq!(times.len(), 101);
    assert_eq!(times[100], at(START + 100));
}

/// Fields whose size is none of their type, values that are none, and messages that nobody knows.
#[test]
fn what_is_odd_is_left_out_and_nothing_else() {
    let mut messages = Messages::default();
    messages.id(4).add(0xff42, &[(253, Value::time(START)), (7, Value::Text("odd", 200))]);
    for second in 0..=10 {
        record(
            &mut messages,
            second,
            &[
                (7, Value::Raw(0x84, &[1, 2, 3])),
                (2, Value::U16(if second % 2 == 0 { 0 } else { 0xfffe })),
                (3, Value::U8(0)),
                (200, Value::U16(1)),
            ],
        );
    }
    let session = only(&messages.file());
    let points = &session.track.points;
    let has_none = |point: &sports_log::recordings::Point| {
        (point.power, point.altitude, point.heart_rate) == (None, None, None)
    };
    assert!(points.len() == 11 && points.iter().all(has_none));
}

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

/// A sport that FIT has no number for is what its owner calls it.
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
        let recording = read(&messages.file()).unwrap();
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
    for (ahead, minutes) in [(7200, Some(120)), (6900, Some(120)), (20_700, Some(345)), (0, None)] {
        let mut messages = minute();
        let local = Value::time(START + 60 + ahead);
        messages.add(ACTIVITY, &[(253, Value::time(START + 60)), (5, local)]);
        assert_eq!(only(&messages.file()).utc_offset_minutes, minutes, "{ahead}");
    }
}
