//! FIT as devices and programs write it, intact and damaged.

mod fields;
mod sessions;

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

/// A point of a run northward at 3 m/s. `more` are additional fields.
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

const CUT_OFF: &str = "the file ends early: everything before the end was read";
const NO_CHECKSUM: &str = "the file has no checksum: it may be incomplete";
const WRONG_CHECKSUM: &str = "the checksum is wrong: the values may be damaged";

#[test]
fn a_file_is_read_whatever_became_of_its_frame() {
    let body = minute().bytes;
    let whole = fit::file(&body);
    let without_checksum = &whole[..whole.len() - 2];
    assert_read(&whole, 61, "");
    assert_read(&[&whole[..], &[0; 100]].concat(), 61, "");
    assert_read(
        &[&whole[..], b"rubbish"].concat(),
        61,
        "7 bytes after the end of the file were ignored",
    );
    assert_read(without_checksum, 61, NO_CHECKSUM);
    assert_read(&[without_checksum, &[0, 0]].concat(), 61, WRONG_CHECKSUM);
    // The length was never written, with and without a checksum, or with reserved space after the
    // data.
    assert_read(&fit::framed(&body, 0), 61, "");
    let open = fit::framed(&body, 0);
    assert_read(&open[..open.len() - 2], 61, NO_CHECKSUM);
    assert_read(&fit::framed(&body, u32::MAX as usize)[..open.len() - 2], 61, NO_CHECKSUM);
    assert_read(&[&open[..open.len() - 2], &[0; 500]].concat(), 61, NO_CHECKSUM);
    // The length is out of date, or too large.
    assert_read(&fit::framed(&body, 200), 61, "");
    assert_read(&fit::framed(&body, body.len() + 1000), 61, "");
    assert_read(&whole[..whole.len() - 12], 60, CUT_OFF);
    assert_eq!(read(&whole[..40]).unwrap_err().reason, Reason::Truncated);
}

/// If bytes were lost or changed in a file, the messages before and after them are read.
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
        // The checksum is that of the undamaged file.
        let mut file = fit::file(&bytes);
        let end = file.len() - 1;
        file[end] ^= 1;
        let recording = read(&file[..]).unwrap();
        let points = &recording.sessions[0].track.points;
        let times: Vec<_> = points.iter().filter_map(|point| point.time).collect();
        assert!((56..=61).contains(&points.len()), "{what}: {}", points.len());
        assert!(times.is_sorted() && times.last() == Some(&at(START + 60)), "{what}");
        assert!(times.first() == Some(&at(START)), "{what}");
        assert_eq!(recording.warnings[0], WRONG_CHECKSUM, "{what}");
    }
    assert_read(&lost, 60, "11 bytes within the file are damaged");
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
    let recording = read(&chain[..]).unwrap();
    let [ride, run] = &recording.sessions[..] else { panic!("{recording:?}") };
    assert_eq!((ride.activity_type, run.activity_type), ("cycle", "run"));
    assert_eq!((ride.track.points.len(), run.track.points.len()), (61, 61));
    let refusal = read(&settings[..]).unwrap_err();
    assert_eq!(refusal.reason, Reason::NotAnActivity);
    assert_eq!(refusal.message, "the file contains device settings, not an activity");
}
