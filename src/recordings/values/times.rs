//! Parses times.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, TimeDelta, Utc, Weekday};

use super::latin;

/// There were no portable receivers before this year. Clocks that were never set say 1970.
const FIRST_YEAR: i32 = 1980;

/// A time, and the UTC offset of the clock that wrote it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Moment {
    pub time: DateTime<Utc>,
    /// In minutes. `None` if the text has no offset, as with `Z`, or one that exists nowhere.
    pub offset: Option<i32>,
}

/// Parses a time of ISO 8601 in any form in use: basic or extended, with or without seconds, with a
/// space instead of `T`, with any notation of the offset. Also accepts a 12-hour clock. Without an
/// offset, the time is UTC, as GPX requires. A plain number counts from 1970.
pub fn moment(text: &str) -> Option<Moment> {
    let text = latin(text.trim());
    let moment = iso_8601(&text).or_else(|| since_1970(&text))?;
    (moment.time.year() >= FIRST_YEAR).then_some(moment)
}

/// Parses seconds or milliseconds since 1970.
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
    // Java appends the name of the time zone.
    if !(rest.0.is_empty() || rest.0.starts_with(b"[")) {
        return None;
    }
    let time = local.checked_sub_signed(TimeDelta::minutes(offset.unwrap_or_default().into()))?;
    let is_of_a_place = |offset: &i32| {
        // Programs that do not know the place also write UTC.
        *offset != 0 && offset % 15 == 0 && (-12 * 60..=14 * 60).contains(offset)
    };
    Some(Moment { time: time.and_utc(), offset: offset.filter(is_of_a_place) })
}

/// The remaining text.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// Parses `2024-05-04`, `+002024-05-04`, `2024/5/4` or `20240504`, the ordinal date `2024-125`,
    /// or the week date `2024-W18-6`.
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

    /// Parses `08:00:00.5`, `08:00` or `080000`. Accepts 24:00 as the end of a day, and a leap
    /// second.
    fn time_on(&mut self, date: NaiveDate) -> Option<NaiveDateTime> {
        let hour = self.digits(2)?;
        self.take(b":");
        let minute = self.digits(2)?;
        let has_second = self.take(b":") || self.0.first().is_some_and(u8::is_ascii_digit);
        let second = if has_second { self.digits(2)? } else { 0 };
        // Fraction of the second, or of the minute if there is no second.
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

    /// Parses `AM`, `p.m.` or `p. m.` Returns the hour at which that half of the day begins.
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

    /// Parses the digits after a decimal point, as billionths.
    fn fraction(&mut self) -> u32 {
        let mut nanos = 0;
        for place in (0..9).rev() {
            let Some(digit) = self.digit() else { break };
            nanos += digit * 10_u32.pow(place);
        }
        while self.digit().is_some() {}
        nanos
    }

    /// Parses an offset in minutes: `Z`, `UTC`, `+02:00`, `+0200` or `+02`. The inner `None` means
    /// that there is no offset.
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

    /// Parses a number of up to `most` digits.
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

    /// Skips the next byte if it is one of `wanted`.
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
