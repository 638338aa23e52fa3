//! Timestamps in responses.

use chrono::{DateTime, Datelike, SecondsFormat, Timelike, Utc};
use serde::Serializer;

/// Writes RFC 3339 in UTC, like chrono's `Serialize`. That one formats each number through
/// `core::fmt`, which took 5 % of the time of a list with three timestamps per item.
pub fn rfc3339<S: Serializer>(time: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    let mut text = *b"0000-00-00T00:00:00.000000Z";
    match write(time, &mut text) {
        Some(text) => serializer.serialize_str(text),
        None => serializer.serialize_str(&time.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
    }
}

/// `None` in rare cases: years without four digits, leap seconds, nanoseconds.
fn write<'a>(time: &DateTime<Utc>, text: &'a mut [u8; 27]) -> Option<&'a str> {
    let (date, clock) = (time.naive_utc().date(), time.naive_utc().time());
    let year = u32::try_from(date.year()).ok().filter(|year| *year <= 9999)?;
    let micros = clock.nanosecond() / 1000;
    if micros >= 1_000_000 || !clock.nanosecond().is_multiple_of(1000) {
        return None;
    }
    put(&mut text[0..4], year);
    put(&mut text[5..7], date.month());
    put(&mut text[8..10], date.day());
    put(&mut text[11..13], clock.hour());
    put(&mut text[14..16], clock.minute());
    put(&mut text[17..19], clock.second());
    let written = if micros == 0 {
        text[19] = b'Z';
        &text[..20]
    } else if micros.is_multiple_of(1000) {
        put(&mut text[20..23], micros / 1000);
        text[23] = b'Z';
        &text[..24]
    } else {
        put(&mut text[20..26], micros);
        &text[..]
    };
    str::from_utf8(written).ok()
}

/// Writes the last digits of `number` that fit into `room`.
fn put(room: &mut [u8], mut number: u32) {
    for digit in room.iter_mut().rev() {
        *digit = b'0' + (number % 10) as u8;
        number /= 10;
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use proptest::prelude::*;

    use super::*;

    #[derive(serde::Serialize)]
    struct Answer(#[serde(serialize_with = "rfc3339")] DateTime<Utc>);

    fn assert_is_as_chrono_writes_it(time: DateTime<Utc>) {
        let ours = serde_json::to_string(&Answer(time)).unwrap();
        assert_eq!(ours, serde_json::to_string(&time).unwrap());
    }

    proptest! {
        #[test]
        fn it_is_as_chrono_writes_it(
            micros in -200_000_000_000_000_000_i64..400_000_000_000_000_000,
            precision in prop::sample::select(vec![1, 1000, 1_000_000]),
        ) {
            assert_is_as_chrono_writes_it(
                DateTime::from_timestamp_micros(micros / precision * precision).unwrap(),
            );
        }
    }

    #[test]
    fn so_is_what_is_seldom() {
        let leap = DateTime::parse_from_rfc3339("2016-12-31T23:59:60.5Z").unwrap().to_utc();
        let nanos = DateTime::from_timestamp_micros(0).unwrap() + TimeDelta::nanoseconds(1);
        for time in [leap, nanos, DateTime::<Utc>::MIN_UTC, DateTime::<Utc>::MAX_UTC] {
            assert_is_as_chrono_writes_it(time);
        }
    }
}
