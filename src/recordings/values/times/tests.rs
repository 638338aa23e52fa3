//! Tests of times in all forms.

use chrono::{FixedOffset, SecondsFormat, TimeZone};
use proptest::prelude::*;

use super::*;

fn read(text: &str) -> Option<(i64, Option<i32>)> {
    moment(text).map(|moment| (moment.time.timestamp_millis(), moment.offset))
}

#[test]
fn every_form_of_a_time_is_read() {
    let morning = 1_714_809_600_000;
    for text in [
        "2024-05-04T08:00:00Z",
        "2024-05-04t08:00:00z",
        "2024-05-04T08:00Z",
        "2024-05-04T08:00.0Z",
        "+002024-05-04T08:00:00Z",
        "2024-05-04 08:00:00",
        "2024-05-04  08:00:00.000 UTC",
        "2024-05-04T08:00:00.0000000Z",
        "2024-05-04T08:00:00,000Z",
        "20240504T080000Z",
        "20240504T0800",
        "2024/05/04 08:00:00",
        "2024-5-4 8:00:00",
        "2024-125T08:00:00Z",
        "2024125T080000Z",
        "2024-W18-6T08:00:00Z",
        "2024W186T080000Z",
        "1714809600",
        "1714809600.000",
        "1714809600000",
        "2024-05-04 8:00:00 AM",
        "2024-05-04 08:00 a.m.",
        "2024-05-04T8:00:00\u{202f}a.\u{a0}m. UTC",
        "2024-05-04T08:00:00+00:00",
        "2024-05-04T08:00:00-0000",
        "\u{662}\u{660}\u{662}\u{664}-\u{660}\u{665}-\u{660}\u{664}T\u{660}\u{668}:00:00Z",
    ] {
        assert_eq!(read(text), Some((morning, None)), "{text}");
    }
    for text in [
        "2024-05-04T10:00:00+02:00",
        "2024-05-04T10:00:00+0200",
        "2024-05-04T10:00:00+02",
        "2024-05-04T10:00+02",
        "2024-05-04 10:00:00 +0200",
        "2024-05-04T10:00:00.000 GMT+02:00",
        "2024-05-04T10:00:00+02:00[Europe/Zurich]",
        "2024-05-04 10:00:00 am +0200",
    ] {
        assert_eq!(read(text), Some((morning, Some(120))), "{text}");
    }
    for (text, offset) in [
        ("2024-05-04T13:45:00+05:45", Some(345)),
        ("2024-05-03T22:30:00\u{2212}09:30", Some(-570)),
        ("2024-05-04T22:00:00+14:00", Some(840)),
        // Offsets of wrong clocks, which exist nowhere.
        ("2024-05-04T09:55:00+01:55", None),
        ("2024-05-04T23:00:00+15:00", None),
    ] {
        assert_eq!(read(text), Some((morning, offset)), "{text}");
    }
    assert_eq!(read("2024-05-03T24:00:00Z"), read("2024-05-04T00:00:00Z"));
    assert_eq!(read("2016-12-31T23:59:60Z"), read("2017-01-01T00:00:00Z"));
    assert_eq!(read("2024-05-04 12:00:00 AM"), read("2024-05-04T00:00:00Z"));
    assert_eq!(read("2024-05-04 12:30 p. m."), read("2024-05-04T12:30:00Z"));
    assert_eq!(read("2024-05-04 8:00 PM"), read("2024-05-04T20:00:00Z"));
    assert_eq!(read("2024-05-04T08:00,25Z"), read("2024-05-04T08:00:15Z"));
    assert_eq!(read("1714809600.5"), Some((morning + 500, None)));
    assert_eq!(read("2024-05-04T08:00:00.1239Z"), Some((morning + 123, None)));
    for odd in [
        "",
        "now",
        "2024-05-04",
        "2024-05-04T",
        "2024-05-04T08",
        "2024-05-04T25:00:00Z",
        "2024-05-04T24:00:01Z",
        "2024-05-04T08:60:00Z",
        "2024-02-30T08:00:00Z",
        "2024-05-04T08:00:00X",
        "2024-05-04T08:00:00+2:",
        "2024-05-04T08:00:00+99:00",
        "04.05.2024 08:00",
        "2024-000T08:00:00Z",
        "2023-366T08:00:00Z",
        "2024-W00-1T08:00:00Z",
        "2024-W53-1T08:00:00Z",
        "2024-W18-0T08:00:00Z",
        "2024-W18-8T08:00:00Z",
        "2024-W18T08:00:00Z",
        "2024-05-04 13:00 PM",
        "2024-05-04 0:00 AM",
        "2024-05-04 8:00 a",
        "171480960",
        "17148096000",
        "0000000000",
        "0000000000000",
        "-1714809600",
        "1970-01-01T00:00:00Z",
        "1979-12-31T23:59:59Z",
        "0000-01-01T00:00:00Z",
    ] {
        assert_eq!(read(odd), None, "{odd}");
    }
}

proptest! {
    #[test]
    fn what_is_written_in_any_form_is_the_same_time(
        secs in 315_532_800_i64..4_102_444_800,
        quarters in -48_i32..=56,
        date in prop::sample::select(&["%Y-%m-%d", "%Y%m%d", "%Y/%m/%d"][..]),
        middle in prop::sample::select(&["T", "t", " ", "  "][..]),
        time in prop::sample::select(&["%H:%M:%S", "%H%M%S", "%H:%M:%S%.3f", "%H:%M"][..]),
        zone in prop::sample::select(&["%:z", "%z", " %z", " %:z"][..]),
    ) {
        let secs = if time == "%H:%M" { secs - secs % 60 } else { secs };
        let offset = FixedOffset::east_opt(quarters * 15 * 60).unwrap();
        let local = offset.timestamp_opt(secs, 0).unwrap();
        let text = local.format(&format!("{date}{middle}{time}{zone}")).to_string();
        let read = moment(&text).map(|read| (read.time.timestamp(), read.offset));
        prop_assume!(local.to_utc().year() >= FIRST_YEAR);
        prop_assert_eq!(read, Some((secs, Some(quarters * 15).filter(|it| *it != 0))), "{}", text);
    }

    #[test]
    fn what_chrono_writes_is_read_to_the_nanosecond(nanos in 315_532_800_000_000_000_i64..4_102_444_800_000_000_000) {
        let time = DateTime::from_timestamp_nanos(nanos);
        for text in [time.to_rfc3339_opts(SecondsFormat::Nanos, true), time.to_rfc3339()] {
            prop_assert_eq!(moment(&text).map(|read| read.time), Some(time), "{}", text);
        }
    }

    #[test]
    fn no_text_is_too_odd(text in "\\PC{0,40}", time in "[0-9T:Z+\\-. ]{0,32}") {
        moment(&text);
        moment(&time);
    }
}
