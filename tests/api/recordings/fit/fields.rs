//! Messages and their fields.

use super::*;

/// The heart rates of a strap are in a separate file, appended to that of the swim.
#[test]
fn heart_rates_that_come_afterwards_are_those_of_the_points() {
    let mut swim = Messages::default();
    swim.id(4);
    (0..=8).for_each(|second| record(&mut swim, second, &[]));
    let mut strap = Messages::default();
    strap.add(132, &[(253, Value::time(START)), (6, Value::U8(120)), (9, Value::U32(1024 * 5000))]);
    // Twelve bits each, the lowest of the time: one second later, and another.
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
        // Some devices write the whole message once more.
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

/// A developer field stands for the profile's field that its description names.
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
                // A field without a description.
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
    record(&mut compressed, 0, &[(3, Value::U8(140))]);
    for second in 1..=100 {
        compressed.add_at(START + second, RECORD, &[(3, Value::U8(140))]);
    }
    let session = only(&compressed.file());
    let times: Vec<_> = session.track.points.iter().filter_map(|point| point.time).collect();
    assert_eq!(times.len(), 101);
    assert_eq!(times[100], at(START + 100));
}

/// Fields whose size does not fit their type, invalid values, and unknown messages.
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
