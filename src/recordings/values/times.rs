//! Times.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

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
/// space for the `T`, any way to write the offset; with a clock of 12 hours, too. Without an offset
/// it is taken for UTC, as GPX wants it. A mere number counts from 1970 on.
pub fn moment(text: &str) -> Option<Moment> {
    let text = latin(text.trim());
    let moment = iso_8601(&text).or_else(|| since_1970(&text))?;
    (moment.time.year() >= FIRST_YEAR).then_some(moment)
}

/// Seconds or milliseconds.
#[cold]
fn since_1970(text: &str) -> Option<Moment> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(whole) || !is_number(fraction) {
        return None;
    }
    let time = match whole.len() {
        10 => DateTime::from_timestamp(whole.parse().ok()?, Rest(fraction.as_bytes()).fraction()),
        13 => DateTime::from_timestamp_millis(whole.parse().ok()?),
        _ => None,
    };
    Some(Moment { time: time?, offset: None })
}

fn iso_8601(text: &str) -> Option<Moment> {
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
    Some(Moment { time: time.and_utc(), offset: offset.filter(is_of_a_place) })
}

/// What is still to be read.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// `2024-05-04`, `+002024-05-04`, `2024/5/4` or `20240504`; of the days of a year `2024-125`;
    /// of those of a week `2024-W18-6`.
    fn date(&mut self) -> Option<NaiveDate> {
        let year = if self.take(b"+") { self.digits(6)? } else { self.digits(4)? };
        let is_extended = self.take(b"-/.");
        if self.take(b"Ww") {
            return self.day_of_week(i32::try_from(year).ok()?, is_extended);
        }
        if self.0.iter().take_while(|byte| byte.is_ascii_digit()).count() == 3 {
            return NaiveDate::from_yo_opt(i32::try_from(year).ok()?, self.digits(3)?);
        }
        let month = self.digits(2)?;
        if is_extended && !self.take(b"-/.") {
            return None;
        }
        let day = self.digits(2)?;
        NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)
    }

    fn day_of_week(&mut self, year: i32, is_extended: bool) -> Option<NaiveDate> {
        let week = self.digits(2)?;
        if is_extended && !self.take(b"-") {
            return None;
        }
        let day = self.digits(1)?.checked_sub(1)?;
        NaiveDate::from_isoywd_opt(year, week, Weekday::try_from(u8::try_from(day).ok()?).ok()?)
    }

    /// `08:00:00.5`, `08:00` or `080000`. A day ends at 24:00, and a minute may have a 61st second.
    fn time_on(&mut self, date: NaiveDate) -> Option<NaiveDateTime> {
        let hour = self.digits(2)?;
        self.take(b":");
        let minute = self.digits(2)?;
        let has_second = self.take(b":") || self.0.first().is_some_and(u8::is_ascii_digit);
        let second = if has_second { self.digits(2)? } else { 0 };
        // Of the second, or else of the minute.
        let fraction = if self.take(b".,") { i64::from(self.fraction()) } else { 0 };
        let nanos = if has_second { fraction } else { fraction * 60 };
        let hour = match self.half_of_day() {
            Some(_) if !(1..=12).contains(&hour) => return None,
            Some(first) => hour % 12 + first,
            None => hour,
        };
        let is_time = (hour < 24 || hour == 24 && minute + second == 0)
            && minute < 60
            && (second < 60 || minute == 59 && second == 60);
        if !is_time {
            return None;
        }
        let seconds = TimeDelta::seconds(i64::from(hour * 3600 + minute * 60 + second));
        let time = seconds + TimeDelta::nanoseconds(nanos);
        date.and_hms_opt(0, 0, 0)?.checked_add_signed(time)
    }

    /// The hour at which the half begins that a clock of 12 hours names: `AM`, `p.m.`, `p. m.`
    fn half_of_day(&mut self) -> Option<u32> {
        let mut ahead = Rest(self.0.trim_ascii_start());
        let is_second = ahead.0.first()?.eq_ignore_ascii_case(&b'p');
        if !ahead.take(b"AaPp") {
            return None;
        }
        ahead.take(b".");
        ahead.skip_spaces();
        if !ahead.take(b"Mm") {
            return None;
        }
        ahead.take(b".");
        self.0 = ahead.0;
        Some(if is_second { 12 } else { 0 })
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
