//! Dates and times as people, phones and spreadsheets write them.

use chrono::{DateTime, FixedOffset, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;

use super::{
    super::text::{folded, latin_digit},
    clock::{at_clock, offset},
};

/// What comes first of `04/05/2024`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

/// What a cell tells of time.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Moment {
    Exact(DateTime<FixedOffset>),
    Local(NaiveDateTime),
    Date(NaiveDate),
    Clock(NaiveTime),
}

/// The beginnings of the names of months in English, German, French, Spanish, Italian, Dutch and
/// Portuguese, folded.
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

/// A date in parts: what stands between them, and the first three numbers.
struct Parts<'a> {
    numbers: Vec<&'a str>,
    month: Option<u32>,
    has_points: bool,
}

impl<'a> Parts<'a> {
    /// `None` for what has more in it than a date.
    fn of(text: &'a str) -> Option<Self> {
        let (mut numbers, mut month) = (Vec::new(), None);
        let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        for word in words {
            if word.bytes().all(|byte| byte.is_ascii_digit()) {
                numbers.push(word);
            } else if let Some(number) = ordinal(word) {
                numbers.push(number);
            } else {
                // Names of days, and words such as "at": a date may have some.
                month = month_of(word).or(month);
            }
        }
        let has_points = text.contains('.') && !text.contains(['/', '-']);
        (numbers.len() <= 3).then_some(Self { numbers, month, has_points })
    }

    /// Day and month where their order is not said.
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

/// `4th` is a number, too.
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

/// What a cell tells of time; `order` decides where it leaves that open.
pub fn moment(cell: &str, order: Order) -> Option<Moment> {
    let text: String = cell.trim().chars().map(latin_digit).collect();
    if (10..=13).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let number: i64 = text.parse().ok()?;
        let millis = if text.len() == 10 { number.checked_mul(1000)? } else { number };
        return DateTime::from_timestamp_millis(millis).map(|time| Moment::Exact(time.into()));
    }
    let Some((before, time, after)) = at_clock(&text) else {
        return Parts::of(&text)?.date(order).map(Moment::Date);
    };
    if before.trim().is_empty() {
        // A date may come behind its time.
        let date = Parts::of(after).and_then(|parts| parts.date(order));
        return Some(date.map_or(Moment::Clock(time), |date| Moment::Local(date.and_time(time))));
    }
    let local = Parts::of(before)?.date(order)?.and_time(time);
    if let Ok(zone) = after.parse::<Tz>() {
        return Some(Moment::Exact(local.and_local_timezone(zone).earliest()?.fixed_offset()));
    }
    match offset(after) {
        Some(offset) => Some(Moment::Exact(local.and_local_timezone(offset).single()?)),
        None if after.starts_with(['+', '-']) => None,
        None => Some(Moment::Local(local)),
    }
}

/// The order in which a column has day and month: by a number that is no month, by
/// `is_day_first`, or since only one keeps the rows in their order. `None` when it cannot be
/// known.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(cell: &str, order: Order) -> String {
        match moment(cell, order) {
            Some(Moment::Exact(time)) => time.to_utc().format("%FT%TZ").to_string(),
            Some(Moment::Local(time)) => time.format("%FT%T").to_string(),
            Some(Moment::Date(date)) => date.to_string(),
            Some(Moment::Clock(time)) => time.to_string(),
            None => String::new(),
        }
    }

    #[test]
    fn dates_are_read_as_apps_and_people_write_them() {
        for (cell, expected) in [
            ("2024-05-04", "2024-05-04"),
            ("2024/5/4", "2024-05-04"),
            ("20240504", "2024-05-04"),
            ("2024-05-04 08:00", "2024-05-04T08:00:00"),
            ("2024-05-04 8:00:00\u{202f}PM", "2024-05-04T20:00:00"),
            ("2024-05-04T08:00:00.123Z", "2024-05-04T08:00:00Z"),
            ("2024-05-04T08:00:00+02:00", "2024-05-04T06:00:00Z"),
            ("2024-05-04 08:00:00 -0430", "2024-05-04T12:30:00Z"),
            ("2024-05-04 08:00:00 UTC", "2024-05-04T08:00:00Z"),
            ("04.05.2024 08:00", "2024-05-04T08:00:00"),
            ("4.5.24", "2024-05-04"),
            ("04/05/2024 08:00", "2024-05-04T08:00:00"),
            ("4 May 2024, 08:00", "2024-05-04T08:00:00"),
            ("May 4, 2024, 8:00:00 AM", "2024-05-04T08:00:00"),
            ("Sat, 4 May 2024 08:00:00 +0000", "2024-05-04T08:00:00Z"),
            ("Saturday, May 4th, 2024 at 12:05 a.m.", "2024-05-04T00:05:00"),
            ("4. Mai 2024 08:00:00", "2024-05-04T08:00:00"),
            ("4 mai 2024 à 08:00", "2024-05-04T08:00:00"),
            ("mar. 4 févr. 2024", "2024-02-04"),
            ("4 de março de 2024", "2024-03-04"),
            ("4 août 2024", "2024-08-04"),
            ("9 dic 2024, 18:05", "2024-12-09T18:05:00"),
            ("4 mrt. 2024", "2024-03-04"),
            ("1714809600", "2024-05-04T08:00:00Z"),
            ("1714809600000", "2024-05-04T08:00:00Z"),
            ("08:30", "08:30:00"),
            ("8:30 pm", "20:30:00"),
            ("08:30 04/05/2024", "2024-05-04T08:30:00"),
        ] {
            assert_eq!(shown(cell, Order::DayFirst), expected, "{cell}");
        }
        assert_eq!(shown("04/05/2024", Order::MonthFirst), "2024-04-05");
        for odd in [
            "",
            "x",
            "2024-13-01",
            "31.02.2024",
            "25:00",
            "2024-05-04 13:00 pm",
            "45",
            "1.2.3.4",
            "2024-05-04 08:00 +xx",
            "2024-05-04 08:00 -05-04",
            "2024-05-04 08:00 -04000000000000000000",
            "4048-05-06T20:4-05-04T:0:00:00.000",
        ] {
            assert_eq!(shown(odd, Order::DayFirst), "", "{odd}");
        }
    }

    #[test]
    fn the_whole_column_tells_days_from_months() {
        let order = |cells: &[&str], is_day_first| order(cells.iter().copied(), is_day_first);
        assert_eq!(order(&["04/05/2024", "13/05/2024"], false), Some(Order::DayFirst));
        assert_eq!(
            order(&["04/05/2024 08:00", "05/13/2024 09:00"], false),
            Some(Order::MonthFirst)
        );
        assert_eq!(order(&["13/05/2024", "05/13/2024"], false), None);
        assert_eq!(order(&["04/05/2024"], false), None);
        assert_eq!(order(&["04/05/2024"], true), Some(Order::DayFirst));
        // Rows in their order: of May, of June.
        assert_eq!(
            order(&["11/05/2024", "12/05/2024", "01/06/2024"], false),
            Some(Order::DayFirst)
        );
        assert_eq!(
            order(&["06/01/2024", "05/12/2024", "05/11/2024"], false),
            Some(Order::MonthFirst)
        );
        for clear in [&["2024-05-04", "4 May 2024"][..], &["04.05.2024"], &["05/05/2024"], &[]] {
            assert_eq!(order(clear, false), Some(Order::DayFirst));
        }
    }

    proptest! {
        #[test]
        fn whatever_is_written_is_a_moment_or_none(cell in "\\PC{0,30}", digits in "[0-9:./ TZ+-]{0,25}", offset in "[+-][0-9:]{0,12}") {
            for text in [&cell, &digits, &format!("2024-05-04 08:00 {offset}")] {
                let _ = moment(text, Order::DayFirst);
                let _ = order([text.as_str()].into_iter(), false);
            }
        }

        #[test]
        fn a_date_comes_back_from_every_form(days in 0i64..40_000, seconds in 0u32..86_400) {
            let date = NaiveDate::from_ymd_opt(1970, 1, 1).unwrap() + chrono::TimeDelta::days(days);
            let time = date.and_time(NaiveTime::from_num_seconds_from_midnight_opt(seconds, 0).unwrap());
            for form in ["%F %T", "%d.%m.%Y %H:%M:%S", "%d/%m/%Y, %T", "%-d %B %Y, %T", "%b %-d, %Y, %I:%M:%S %p", "%FT%T"] {
                let text = time.format(form).to_string();
                prop_assert_eq!(moment(&text, Order::DayFirst), Some(Moment::Local(time)), "{}", text);
            }
        }
    }
}
