//! Parses dates and times as people, phones and spreadsheets write them.

#[cfg(test)]
mod tests;

use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta};

use super::{
    super::text::{folded, latin_digit},
    clock::at_clock,
    zones::{Zone, zone},
};

/// The order of day and month in `04/05/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// The date or time in a cell.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    Exact(DateTime<FixedOffset>),
    Local(NaiveDateTime),
    Date(NaiveDate),
    Clock(NaiveTime),
}

/// Folded beginnings of month names in English, German, French, Spanish, Italian, Dutch and
/// Portuguese.
const MONTHS: [&[&str]; 12] = [
    &["jan", "ene", "gen"],
    &["feb", "fev"],
    &["mar", "maa", "mrt"],
    &["apr", "avr", "abr"],
    &["may", "mai", "mei", "mag"],
    &["jun", "juin", "giu"],
    &["jul", "juil", "lug"],
    &["aug", "aou", "ago"],
    &["sep", "set"],
    &["oct", "okt", "ott", "out"],
    &["nov"],
    &["dec", "dez", "dic"],
];

/// Days of the years 1970 to 2064, counted from 1899-12-30.
const DAYS: std::ops::RangeInclusive<u64> = 25_569..=60_000;

/// The parts of a date: its numbers, its month if it is a name, and its separator.
struct Parts<'a> {
    numbers: Vec<&'a str>,
    month: Option<u32>,
    has_points: bool,
}

impl<'a> Parts<'a> {
    /// Returns `None` if the text contains more numbers than a date.
    fn of(text: &'a str) -> Option<Self> {
        let (mut numbers, mut month) = (Vec::new(), None);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words {
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                numbers.push(word);
            } else if let Some(number) = ordinal(word) {
                numbers.push(number);
            } else {
                // A date may contain names of weekdays, and words such as "at".
                month = month_of(word).or(month);
            }
        }
        let has_points = text.contains('.') && !text.contains(['/', '-']);
        (numbers.len() <= 3).then_some(Self { numbers, month, has_points })
    }

    /// Returns the first two numbers if they are day and month in unknown order.
    fn unclear(&self) -> Option<(u32, u32)> {
        let &[first, second, year] = self.numbers.as_slice() else { return None };
        let is_unclear = first.len() <= 2 && year.len() != 3 && !self.has_points;
        Some((first.parse().ok()?, second.parse().ok()?))
            .filter(|_| is_unclear && self.month.is_none())
    }

    fn date(&self, order: Order) -> Option<NaiveDate> {
        let number = |text: &str| text.parse::<u32>().ok();
        let (year, month, day) = match (self.numbers.as_slice(), self.month) {
            (&[year, day], Some(month)) if year.len() == 4 => (year, month, number(day)?),
            (&[day, year], Some(month)) => (year, month, number(day)?),
            (&[text], None) if text.len() == 8 => {
                (text.get(..4)?, number(text.get(4..6)?)?, number(text.get(6..)?)?)
            }
            (&[year, month, day], None) if year.len() == 4 => (year, number(month)?, number(day)?),
            (&[first, second, year], None) if self.has_points || order == Order::DayFirst => {
                (year, number(second)?, number(first)?)
            }
            (&[first, second, year], None) => (year, number(first)?, number(second)?),
            _ => return None,
        };
        let year = match (year.len(), year.parse::<i32>().ok()?) {
            (4, year) => year,
            (2, year @ 0..70) => 2000 + year,
            (2, year) => 1900 + year,
            _ => return None,
        };
        NaiveDate::from_ymd_opt(year, month, day)
    }
}

/// Parses an ordinal number such as `4th`.
fn ordinal(word: &str) -> Option<&str> {
    let end = word.find(|c: char| !c.is_ascii_digit()).filter(|end| *end > 0)?;
    let (number, ending) = word.split_at_checked(end)?;
    matches!(ending, "st" | "nd" | "rd" | "th" | "er" | "T" | "t").then_some(number)
}

fn month_of(word: &str) -> Option<u32> {
    let word = folded(word);
    let at = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(at + 1).ok()
}

/// Parses a cell. `order` decides if the cell is ambiguous.
pub fn moment(cell: &str, order: Order) -> Option<Moment> {
    let text: String = cell.trim().chars().map(latin_digit).collect();
    if (10..=13).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let millis = if text.len() == 10 { number.checked_mul(1000)? } else { number };
        return DateTime::from_timestamp_millis(millis).map(|time| Moment::Exact(time.into()));
    }
    if let Some(moment) = serial(&text) {
        return Some(moment);
    }
    let text = extended(&text).unwrap_or(text);
    let Some((before, time, after)) = at_clock(&text) else {
        return Parts::of(&text)?.date(order).map(Moment::Date);
    };
    if before.trim().is_empty() {
        // The date may follow the time.
        let date = Parts::of(after).and_then(|parts| parts.date(order));
        return Some(date.map_or(Moment::Clock(time), |date| Moment::Local(date.and_time(time))));
    }
    let (date, after) = around(before, after, order)?;
    let local = date.and_time(time);
    match zone(after) {
        Some(Zone::Place(place)) => {
            Some(Moment::Exact(local.and_local_timezone(place).earliest()?.fixed_offset()))
        }
        Some(Zone::Offset(offset)) => {
            Some(Moment::Exact(local.and_local_timezone(offset).single()?))
        }
        None if after.starts_with(['+', '-']) => None,
        None => Some(Moment::Local(local)),
    }
}

/// Parses a date as spreadsheets store it: days since 1899-12-30, and the fraction of a day.
fn serial(text: &str) -> Option<Moment> {
    let (days, part) = text.split_once(['.', ',']).map_or((text, None), |(d, p)| (d, Some(p)));
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let count: u64 = days.parse().ok().filter(|days| DAYS.contains(days))?;
    let date = NaiveDate::from_ymd_opt(1899, 12, 30)?.checked_add_days(Days::new(count))?;
    let Some(part) = part else { return is_number(days).then_some(Moment::Date(date)) };
    let part: f64 = format!("0.{part}").parse().ok().filter(|_| is_number(part))?;
    let seconds = TimeDelta::seconds((part * 86_400.0).round() as i64);
    Some(Moment::Local(date.and_time(NaiveTime::MIN).checked_add_signed(seconds)?))
}

/// Adds the separators that are optional in ISO 8601, as in `20240504T080000Z`.
fn extended(text: &str) -> Option<String> {
    let (date, rest) = text.split_once('T')?;
    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
    let (time, zone) = rest.split_at_checked(end)?;
    let is_plain = date.len() == 8 && date.bytes().all(|byte| byte.is_ascii_digit());
    let (hour, minute) = (time.get(..2)?, time.get(2..4)?);
    let second = if time.len() == 6 { time.get(4..)? } else { "00" };
    let is_time = is_plain && matches!(time.len(), 4 | 6);
    is_time.then(|| format!("{date} {hour}:{minute}:{second}{zone}"))
}

/// Returns the date around a time, and the rest of the text after it. Unix programs write the year
/// at the end, as in `Sat May 4 08:00:00 CEST 2024`.
fn around<'a>(before: &str, after: &'a str, order: Order) -> Option<(NaiveDate, &'a str)> {
    let dated = |text: &str| Parts::of(text)?.date(order);
    if let Some(date) = dated(before) {
        return Some((date, after));
    }
    let (zone, year) = after.rsplit_once(' ').unwrap_or(("", after));
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    Some((dated(&format!("{before} {year}")).filter(|_| is_year)?, zone))
}

/// Returns the order of day and month in a column: from a number that cannot be a month, from
/// `is_day_first`, or because only one order keeps the rows sorted. Returns `None` if the order is
/// unknown.
pub fn order<'a>(cells: impl Iterator<Item = &'a str>, is_day_first: bool) -> Option<Order> {
    let (mut days, mut months, mut unclear) = (0, 0, Vec::new());
    for cell in cells {
        let before = cell
            .split_once(':')
            .map_or(cell, |(before, _)| before.trim_end_matches(|c: char| c.is_ascii_digit()));
        let Some((first, second)) = Parts::of(before).and_then(|parts| parts.unclear()) else {
            continue;
        };
        days += usize::from(first > 12);
        months += usize::from(second > 12);
        unclear.extend((first != second).then_some(before));
    }
    match (days > 0, months > 0) {
        (true, false) => return Some(Order::DayFirst),
        (false, true) => return Some(Order::MonthFirst),
        (true, true) => return None,
        (false, false) if unclear.is_empty() || is_day_first => return Some(Order::DayFirst),
        (false, false) => {}
    }
    let is_sorted = |order: Order| {
        let dates = || unclear.iter().filter_map(|cell| Parts::of(cell)?.date(order));
        dates().is_sorted() || dates().is_sorted_by(|one, next| one >= next)
    };
    match (is_sorted(Order::DayFirst), is_sorted(Order::MonthFirst)) {
        (true, false) => Some(Order::DayFirst),
        (false, true) => Some(Order::MonthFirst),
        _ => None,
    }
}
