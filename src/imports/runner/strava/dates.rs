//! Dates as Strava writes them in its languages, all in UTC.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, Utc};

/// The beginnings of the names of months, in lower case: English, German, French, Spanish, Italian,
/// Portuguese, Dutch, Scandinavian, Polish, Russian and Turkish.
#[rustfmt::skip]
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän", "ene", "gen", "sty", "янв", "oca"],
    &["feb", "fév", "fev", "lut", "фев", "şub"],
    &["mar", "mär", "mrz", "maa", "mrt", "мар"],
    &["apr", "avr", "abr", "kwi", "апр", "nis"],
    &["may", "mai", "mag", "mei", "maj", "май", "мая"],
    &["jun", "juin", "giu", "cze", "июн", "haz"],
    &["jul", "juil", "lug", "lip", "июл", "tem"],
    &["aug", "aoû", "aou", "ago", "sie", "авг", "ağu"],
    &["sep", "set", "wrz", "сен", "eyl"],
    &["oct", "okt", "out", "ott", "paź", "окт", "eki"],
    &["nov", "lis", "ноя", "kas"],
    &["dec", "dez", "déc", "dic", "gru", "дек", "ara"],
];

/// The marks of the second half of the day, and of the first.
const AFTERNOON: [&str; 5] = ["pm", "p.m", "下午", "午後", "오후"];
const MORNING: [&str; 5] = ["am", "a.m", "上午", "午前", "오전"];

/// Which comes first if both day and month are numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    DayFirst,
    MonthFirst,
}

impl Order {
    /// The order in the dates of a table: a number above twelve is not a month. Without one, dates
    /// with slashes and a half of the day have the month first.
    pub fn of<'a>(dates: impl Iterator<Item = Cow<'a, str>>) -> Self {
        let mut is_american = false;
        for date in dates {
            let date = Parts::of(&date);
            match date.numbers.as_slice() {
                [first, _, year, ..] if *year > 31 && *first > 12 => return Self::DayFirst,
                [_, second, year, ..] if *year > 31 && *second > 12 => return Self::MonthFirst,
                _ => is_american |= date.half.is_some() && date.has_slash,
            }
        }
        if is_american { Self::MonthFirst } else { Self::DayFirst }
    }

    /// Parses a date with a time: `May 8, 2024, 6:00:00 PM`, `09.12.2022, 15:24:49`,
    /// `8 mai 2024 à 12:00:00`, `2024年5月8日 12:00:00`.
    pub fn read(self, date: &str) -> Option<DateTime<Utc>> {
        let parts = Parts::of(date);
        let (year, month, day, time) = match (parts.month, parts.numbers.as_slice()) {
            (Some(month), [year, day, time @ ..]) if *year > 31 => (*year, month, *day, time),
            (Some(month), [day, year, time @ ..]) => (*year, month, *day, time),
            (None, [year, month, day, time @ ..]) if *year > 31 => (*year, *month, *day, time),
            (None, [first, second, year, time @ ..]) => match self {
                Self::DayFirst => (*year, *second, *first, time),
                Self::MonthFirst => (*year, *first, *second, time),
            },
            _ => return None,
        };
        let (hour, minute, second) = match time {
            [hour, minute] => (*hour, *minute, 0),
            [hour, minute, second, ..] => (*hour, *minute, *second),
            _ => return None,
        };
        let hour = match parts.half {
            Some(Half::Afternoon) if hour < 12 => hour + 12,
            Some(Half::Morning) if hour == 12 => 0,
            _ => hour,
        };
        let year = i32::try_from(year).ok().filter(|year| (1900..=9999).contains(year))?;
        let date = NaiveDate::from_ymd_opt(year, month, day)?;
        Some(date.and_hms_opt(hour, minute, second)?.and_utc())
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Morning,
    Afternoon,
}

/// The components of a date.
struct Parts {
    numbers: Vec<u32>,
    month: Option<u32>,
    half: Option<Half>,
    has_slash: bool,
}

impl Parts {
    fn of(date: &str) -> Self {
        let date = date.to_lowercase();
        let numbers =
            date.split(|c: char| !c.is_ascii_digit()).filter_map(|text| text.parse().ok());
        let mut words = date.split(|c: char| !c.is_alphabetic()).filter(|word| !word.is_empty());
        let month = words.find_map(|word| {
            let is_it = |names: &&[&str]| names.iter().any(|name| word.starts_with(name));
            let month = MONTHS.iter().position(is_it)? + 1;
            u32::try_from(month).ok()
        });
        // Spanish: `6:00:00 a. m.`
        let squeezed: String = date.chars().filter(|c| !c.is_whitespace()).collect();
        let end = squeezed.trim_end_matches('.');
        // The mark follows the time; in Asian languages, it precedes it.
        let is_it = |mark: &&str| end.ends_with(mark) || !mark.is_ascii() && end.contains(mark);
        let has = |marks: &[&str]| marks.iter().any(&is_it);
        let half = if has(&AFTERNOON) {
            Some(Half::Afternoon)
        } else if has(&MORNING) {
            Some(Half::Morning)
        } else {
            None
        };
        Self { numbers: numbers.collect(), month, half, has_slash: date.contains('/') }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_read_in_many_languages() {
        for (text, expected) in [
            ("May 8, 2024, 12:00:00 PM", "2024-05-08T12:00:00Z"),
            ("May 8, 2024, 12:05:00 AM", "2024-05-08T00:05:00Z"),
            ("May 8, 2024, 6:00:00\u{202f}PM", "2024-05-08T18:00:00Z"),
            ("8 May 2024, 18:00:00", "2024-05-08T18:00:00Z"),
            ("09.12.2022, 15:24:49", "2022-12-09T15:24:49Z"),
            ("9. Dez. 2022 um 15:24:49", "2022-12-09T15:24:49Z"),
            ("8 mai 2024 à 12:00:00", "2024-05-08T12:00:00Z"),
            ("8 juin 2024, 12:00:00", "2024-06-08T12:00:00Z"),
            ("8 juil. 2024, 12:00:00", "2024-07-08T12:00:00Z"),
            ("8 févr. 2024, 12:00:00", "2024-02-08T12:00:00Z"),
            ("8 ago 2024, 6:00:00 p. m.", "2024-08-08T18:00:00Z"),
            ("8 mar 2024, 6:00:00 a. m.", "2024-03-08T06:00:00Z"),
            ("8 mag 2024, 12:00:00", "2024-05-08T12:00:00Z"),
            ("8 de mai. de 2024, 12:00:00", "2024-05-08T12:00:00Z"),
            ("6 mrt. 2024 14:23:15", "2024-03-06T14:23:15Z"),
            ("8 мая 2024 г., 12:00:00", "2024-05-08T12:00:00Z"),
            ("2024年5月8日 12:00:00", "2024-05-08T12:00:00Z"),
            ("2024/05/08 12:00:00", "2024-05-08T12:00:00Z"),
            ("2024. 5. 8. 오후 3:00:00", "2024-05-08T15:00:00Z"),
            ("2016-05-04 08:00:00", "2016-05-04T08:00:00Z"),
            ("2016-05-04T08:00:00Z", "2016-05-04T08:00:00Z"),
        ] {
            let read = Order::DayFirst
                .read(text)
                .map(|time| time.to_rfc3339_opts(chrono::SecondsFormat::Secs, true));
            assert_eq!(read.as_deref(), Some(expected), "{text}");
        }
        for text in
            ["", "soon", "2024", "31.02.2024, 08:00:00", "May 8, 2024", "1.1.2024, 25:00:00"]
        {
            assert_eq!(Order::DayFirst.read(text), None, "{text}");
        }
    }

    #[test]
    fn the_table_tells_whether_the_month_comes_first() {
        let of = |dates: &[&'static str]| Order::of(dates.iter().map(|date| Cow::Borrowed(*date)));
        assert_eq!(of(&["05/08/2024, 12:00:00", "05/28/2024, 12:00:00"]), Order::MonthFirst);
        assert_eq!(of(&["05/08/2024, 12:00:00", "28/05/2024, 12:00:00"]), Order::DayFirst);
        assert_eq!(of(&["5/8/2024, 6:00:00 PM"]), Order::MonthFirst);
        assert_eq!(of(&["05/08/2024, 18:00:00"]), Order::DayFirst);
        assert_eq!(of(&[]), Order::DayFirst);
    }
}
