//! Times of day and UTC offsets.

use chrono::NaiveTime;

use super::zones::{self, offset};

/// Divides a text at its time of day: the text before, the time, and the text after.
pub fn at_clock(text: &str) -> Option<(&str, NaiveTime, &str)> {
    let colon = text.find(':')?;
    let (head, tail) = (text.get(..colon)?, text.get(colon + 1..)?);
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (before, hour) = head.split_at_checked(start)?;
    let end = tail.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')));
    let (rest, mut after) = tail.split_at_checked(end.unwrap_or(tail.len()))?;
    let mut parts = rest.trim_end_matches([',', '.']).splitn(3, [':', '.', ',']);
    let mut part = || parts.next().map(|part| part.split(['.', ',']).next().unwrap_or(part));
    let minute = part()?.parse().ok()?;
    let second = part().map_or(Some(0), |second| second.parse::<u32>().ok())?.min(59);
    let mut hour: u32 = hour.parse().ok()?;
    after = after.trim_start();
    let half: String = after.chars().take(4).filter(|c| c.is_alphabetic()).take(2).collect();
    let half = half.to_ascii_lowercase();
    if half == "am" || half == "pm" {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        let behind = after.char_indices().filter(|(_, c)| c.is_alphabetic()).nth(1)?;
        after = after.get(behind.0 + 1..)?.trim_start_matches('.').trim_start();
    }
    Some((before, NaiveTime::from_hms_opt(hour, minute, second)?, after))
}

/// Returns an unknown time zone after a date and a time, and what is wrong with it. Such a time is
/// taken as local.
pub fn odd_zone(cell: &str) -> Option<(&str, &'static str)> {
    let (before, _, after) = at_clock(cell)?;
    zones::fault(after).filter(|_| !before.trim().is_empty())
}

/// Possible UTC offsets in minutes.
const OFFSETS: std::ops::RangeInclusive<f64> = -720.0..=840.0;

/// Smaller numbers are hours, not minutes.
const AN_HOUR: f64 = 60.0;

/// Parses the UTC offset in a cell to minutes: in a form of [`offset`], or as a number of `unit`
/// minutes. Without a unit, `2` means hours and `120` means minutes.
pub fn offset_minutes(cell: &str, unit: Option<f64>) -> Option<i32> {
    let is_place = |minutes: &f64| OFFSETS.contains(minutes) && minutes % 15.0 == 0.0;
    let digits = cell.trim_start_matches(['+', '-', '\u{2212}']);
    // `+0300` is not a number, although 300 minutes is a possible offset.
    let is_clock = digits.len() == 4 && (digits.len() < cell.len() || digits.starts_with('0'));
    let number = cell.replace('\u{2212}', "-").replace(',', ".").parse::<f64>().ok();
    let of_number = |number: f64| match unit {
        Some(unit) => number * unit,
        None if number.abs() < AN_HOUR => number * 60.0,
        None => number,
    };
    let as_clock = || {
        let signed = [cell.to_owned(), format!("+{cell}")];
        let offset = signed.iter().find_map(|cell| offset(cell))?;
        Some(f64::from(offset.local_minus_utc() / 60))
    };
    let minutes = match number.filter(|_| unit.is_some() || !is_clock) {
        Some(number) => of_number(number),
        None => as_clock()?,
    };
    Some(minutes).filter(is_place).map(|minutes| minutes as i32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_of_a_column_are_those_that_places_have() {
        for (cell, minutes) in [
            ("+0545", Some(345)),
            ("0545", Some(345)),
            ("-0300", Some(-180)),
            ("+1400", Some(840)),
            ("5:45", Some(345)),
            ("+5:45", Some(345)),
            ("-3:30", Some(-210)),
            ("UTC+2", Some(120)),
            ("gmt +02:00", Some(120)),
            ("Z", Some(0)),
            ("0", Some(0)),
            ("2", Some(120)),
            ("-9,5", Some(-570)),
            ("5.75", Some(345)),
            ("120", Some(120)),
            ("-210", Some(-210)),
            ("345", Some(345)),
            ("15", None),
            ("+0537", None),
            ("-13", None),
            ("900", None),
            ("545", None),
            ("99999999999999999999", None),
            ("soon", None),
        ] {
            assert_eq!(offset_minutes(cell, None), minutes, "{cell}");
        }
        for (cell, unit, minutes) in [("2", 60.0, 120), ("30", 1.0, 30), ("7200", 1.0 / 60.0, 120)]
        {
            assert_eq!(offset_minutes(cell, Some(unit)), Some(minutes), "{cell} of {unit}");
        }
    }

    #[test]
    fn a_zone_is_what_stands_behind_a_date_and_a_time() {
        for (cell, zone) in [
            ("2024-05-04 08:00 BST", Some("BST")),
            ("2024-05-04 08:00:00 Europe/Nowhere", Some("Europe/Nowhere")),
            ("2024-05-04 08:00 CEST", None),
            ("2024-05-04 08:00 Uhr", None),
            ("2024-05-04 08:00 PM", None),
            ("08:00 4 MAY 2024", None),
            ("2024-05-04", None),
        ] {
            assert_eq!(odd_zone(cell).map(|(zone, _)| zone), zone, "{cell}");
        }
    }
}
