//! Times.

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc};

use super::latin;

/// Before it there was no receiver to carry: clocks that were never set say 1970.
const FIRST_YEAR: i32 = 1980;

/// A time, and how far the clock was from UTC that it was read from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub time: DateTime<Utc>,
    /// In minutes. `None` when the text does not say, as with `Z`, or says what no place has.
    pub offset: Option<i32>,
}

/// A time of ISO 8601 in any form that occurs: basic or extended, with or without seconds, a
/// space for the `T`, any way to write the offset. Without an offset it is taken for UTC, as GPX
/// wants it.
pub fn moment(text: &str) -> Option<Moment> {
    let text = latin(text.trim());
    let mut rest = Rest(text.as_bytes());
    let date = rest.date()?;
    if !(rest.take(b"Tt_") || rest.take(b" ")) {
        return None;
    }
    rest.skip_spaces();
    let local = rest.time_on(date)?;
    rest.skip_spaces();
    let offset = rest.offset()?;
    // Java adds the name of the zone.
    if !(rest.0.is_empty() || rest.0.starts_with(b"[")) {
        return None;
    }
    let time = local.checked_sub_signed(TimeDelta::minutes(offset.unwrap_or_default().into()))?;
    let is_of_a_place = |offset: &i32| {
        // UTC is what programs write that do not know the place, too.
        *offset != 0 && offset % 15 == 0 && (-12 * 60..=14 * 60).contains(offset)
    };
    let is_known = time.year() >= FIRST_YEAR;
    is_known.then(|| Moment { time: time.and_utc(), offset: offset.filter(is_of_a_place) })
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// `2024-05-04`, `2024/5/4` or `20240504`.
    fn date(&mut self) -> Option<NaiveDate> {
        let year = self.digits(4)?;
        let is_extended = self.take(b"-/.");
        let month = self.digits(2)?;
        if is_extended && !self.take(b"-/.") {
            return None;
        }
        let day = self.digits(2)?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    /// `08:00:00.5`, `08:00` or `080000`. A day ends at 24:00, and a minute may have a 61st second.
    fn time_on(&mut self, date: NaiveDate) -> Option<NaiveDateTime> {
        let hour = self.digits(2)?;
        self.take(b":");
        let minute = self.digits(2)?;
        let has_second = self.take(b":") || self.0.first().is_some_and(u8::is_ascii_digit);
        let second = if has_second { self.digits(2)? } else { 0 };
        let nanos = if has_second && self.take(b".,") { self.fraction() } else { 0 };
        let is_time = (hour < 24 || hour == 24 && minute + second == 0)
            && minute < 60
            && (second < 60 || minute == 59 && second == 60);
        if !is_time {
            return None;
        }
        let seconds = TimeDelta::seconds(i64::from(hour * 3600 + minute * 60 + second));
        let time = seconds + TimeDelta::nanoseconds(i64::from(nanos));
        date.and_hms_opt(0, 0, 0)?.checked_add_signed(time)
    }

    /// The digits behind a decimal point, as billionths.
    fn fraction(&mut self) -> u32 {
        let mut nanos = 0;
        for place in (0..9).rev() {
            let Some(digit) = self.digit() else { break };
            nanos += digit * 10_u32.pow(place);
        }
        while self.digit().is_some() {}
        nanos
    }

    /// In minutes: `Z`, `UTC`, `+02:00`, `+0200` or `+02`. `None` inside when nothing is said.
    fn offset(&mut self) -> Option<Option<i32>> {
        for name in [&b"UTC"[..], b"GMT", b"Z"] {
            if self.0.get(..name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name)) {
                self.0 = self.0.get(name.len()..)?;
                self.skip_spaces();
                break;
            }
        }
        let is_west = self.0.starts_with(b"-");
        if !self.take(b"+-") {
            return Some(None);
        }
        let hours = self.digits(2)?;
        let has_minutes = self.take(b":") || !self.0.is_empty() && !self.0.starts_with(b"[");
        let minutes = if has_minutes { self.digits(2)? } else { 0 };
        let offset = i32::try_from(hours * 60 + minutes).ok()?;
        (hours < 24 && minutes < 60).then_some(Some(if is_west { -offset } else { offset }))
    }

    /// A number of as many digits as there are, up to `most`.
    fn digits(&mut self, most: usize) -> Option<u32> {
        let mut number = self.digit()?;
        for _ in 1..most {
            let Some(digit) = self.digit() else { break };
            number = number * 10 + digit;
        }
        Some(number)
    }

    fn digit(&mut self) -> Option<u32> {
        let (first, rest) = self.0.split_first().filter(|(first, _)| first.is_ascii_digit())?;
        self.0 = rest;
        Some(u32::from(first - b'0'))
    }

    /// Goes on behind one of `wanted`, if the next byte is one.
    fn take(&mut self, wanted: &[u8]) -> bool {
        match self.0.split_first() {
            Some((first, rest)) if wanted.contains(first) => {
                self.0 = rest;
                true
            }
            _ => false,
        }
    }

    fn skip_spaces(&mut self) {
        self.0 = self.0.trim_ascii_start();
    }
}

#[cfg(test)]
mod tests {
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
            "2024-05-04 08:00:00",
            "2024-05-04  08:00:00.000 UTC",
            "2024-05-04T08:00:00.0000000Z",
            "2024-05-04T08:00:00,000Z",
            "20240504T080000Z",
            "20240504T0800",
            "2024/05/04 08:00:00",
            "2024-5-4 8:00:00",
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
        ] {
            assert_eq!(read(text), Some((morning, Some(120))), "{text}");
        }
        for (text, offset) in [
            ("2024-05-04T13:45:00+05:45", Some(345)),
            ("2024-05-03T22:30:00\u{2212}09:30", Some(-570)),
            ("2024-05-04T22:00:00+14:00", Some(840)),
            // Clocks that are wrong, and no place's.
            ("2024-05-04T09:55:00+01:55", None),
            ("2024-05-04T23:00:00+15:00", None),
        ] {
            assert_eq!(read(text), Some((morning, offset)), "{text}");
        }
        assert_eq!(read("2024-05-03T24:00:00Z"), read("2024-05-04T00:00:00Z"));
        assert_eq!(read("2016-12-31T23:59:60Z"), read("2017-01-01T00:00:00Z"));
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
}
