//! Time zones written after a time of day.

use chrono::FixedOffset;
use chrono_tz::Tz;

/// A time zone: a UTC offset or a place.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zone {
    Offset(FixedOffset),
    Place(Tz),
}

/// Unambiguous abbreviations, in minutes from UTC: those of RFC 2822, and others that phones and
/// programs write. `CET`, `EET`, `MET` and `WET` are missing. The time zone database defines them
/// as places with summer time, which is what people mean by them in July.
#[rustfmt::skip]
const NAMES: [(&str, i32); 53] = [
    ("Z", 0), ("UT", 0), ("UTC", 0), ("GMT", 0), ("WEST", 60), ("CEST", 120), ("MEZ", 60),
    ("MESZ", 120), ("MEST", 120), ("EEST", 180), ("MSK", 180), ("TRT", 180), ("IDT", 180),
    ("WAT", 60), ("CAT", 120), ("SAST", 120), ("EAT", 180), ("PKT", 300), ("NPT", 345), ("ICT", 420), ("WIB", 420),
    ("WITA", 480), ("WIT", 540), ("SGT", 480), ("HKT", 480), ("JST", 540), ("KST", 540), ("AWST", 480), ("ACST", 570),
    ("ACDT", 630), ("AEST", 600), ("AEDT", 660), ("CHST", 600), ("NZST", 720), ("NZDT", 780), ("NST", -210),
    ("NDT", -150), ("ADT", -180), ("EST", -300), ("EDT", -240), ("CDT", -300), ("MST", -420), ("MDT", -360),
    ("PST", -480), ("PDT", -420), ("AKST", -540), ("AKDT", -480), ("HST", -600), ("HDT", -540), ("BRT", -180),
    ("ART", -180), ("COT", -300), ("PET", -300),
];

/// Abbreviations of zones that are hours apart: of Britain and Bangladesh, of India, Israel and
/// Ireland, of Chicago, China and Cuba, and others.
const AMBIGUOUS: [&str; 6] = ["BST", "IST", "CST", "AST", "GST", "SST"];

/// Parses the time zone after a time: `Z`, `+02:00`, `GMT+2`, `CEST`, `Europe/Zurich`,
/// `+0200 CEST`, `(UTC+02:00)`, `+02:00[Europe/Zurich]`.
pub fn zone(text: &str) -> Option<Zone> {
    let text = text.trim();
    let (outside, inside) = text.split_once(['(', '[']).unwrap_or((text, ""));
    let first = text.split_whitespace().next().unwrap_or_default();
    let inside = inside.trim_end_matches([')', ']']);
    [text, outside, first, inside].into_iter().map(str::trim).find_map(|text| {
        let named = || text.parse().or_else(|_| text.to_ascii_uppercase().parse());
        let place = || named().ok().map(Zone::Place);
        offset(text).map(Zone::Offset).or_else(place)
    })
}

/// Parses a UTC offset: `Z`, `UTC`, `CEST`, `+02:00`, `+0200`, `GMT+2`.
pub fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    let is_it = |name: &&(&str, i32)| name.0.eq_ignore_ascii_case(text);
    if let Some((_, minutes)) = NAMES.iter().find(is_it) {
        return FixedOffset::east_opt(minutes * 60);
    }
    let named = |name: &&str| text.get(..3).is_some_and(|head| head.eq_ignore_ascii_case(name));
    let is_named = ["UTC", "GMT"].iter().any(named);
    let bare = if is_named { text.get(3..)?.trim_start() } else { text };
    let sign = match bare.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits = bare.get(bare.chars().next()?.len_utf8()..)?;
    let is_plain = digits.chars().all(|c| c.is_ascii_digit() || c == ':');
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if !is_plain || digits.len() > 4 {
        return None;
    }
    let (hours, minutes) =
        digits.split_at(if digits.len() > 2 { digits.len() - 2 } else { digits.len() });
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<i32>().ok()? };
    FixedOffset::east_opt(sign * (hours.parse::<i32>().ok()? * 60 + minutes) * 60)
}

/// Returns what is wrong with the name of a time zone after a time. Returns `None` if there is no
/// name, or a known one.
pub fn fault(text: &str) -> Option<(&str, &'static str)> {
    let name = text.trim_matches(['(', ')', '[', ']', ' ']);
    let is_capital = |c: char| c.is_ascii_uppercase() || matches!(c, '/' | '_');
    let is_name = name.len() > 2
        && name.starts_with(is_capital)
        && (name.contains('/')
            || name.ends_with(" Time")
            || name.chars().all(|c| c.is_ascii_uppercase()));
    if !is_name || zone(text).is_some() {
        return None;
    }
    Some((name, if AMBIGUOUS.contains(&name) { "is ambiguous" } else { "is unknown" }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zones_are_known_in_every_form() {
        for (text, minutes) in [
            ("Z", 0),
            ("utc", 0),
            ("CEST", 120),
            ("PDT", -420),
            ("AEST", 600),
            ("GMT+2", 120),
            ("UTC+02:00", 120),
            ("UTC -3:30", -210),
            ("+0200 CEST", 120),
            ("GMT+0200 (Central European Summer Time)", 120),
            ("(UTC+02:00)", 120),
            ("+02:00[Europe/Zurich]", 120),
        ] {
            let expected = FixedOffset::east_opt(minutes * 60).map(Zone::Offset);
            assert_eq!(zone(text), expected, "{text}");
        }
        for text in ["Europe/Zurich", "[Europe/Zurich]", "(Europe/Zurich)"] {
            assert_eq!(zone(text), Some(Zone::Place(Tz::Europe__Zurich)), "{text}");
        }
        for text in ["CET", "cet", "(CET)"] {
            assert_eq!(zone(text), Some(Zone::Place(Tz::CET)), "{text}");
        }
        for text in ["", "Uhr", "BST", "IST", "CST", "+xx", "- 09:00", "GMT+", "()"] {
            assert_eq!(zone(text), None, "{text}");
        }
    }

    #[test]
    fn names_that_say_nothing_are_told() {
        for (text, name) in [
            ("BST", Some("BST")),
            ("XYZT", Some("XYZT")),
            ("Europe/Nowhere", Some("Europe/Nowhere")),
            ("Pacific Time", Some("Pacific Time")),
            ("(IST)", Some("IST")),
            ("Europe/Zurich", None),
            ("EST", None),
            ("Uhr", None),
            ("", None),
        ] {
            assert_eq!(fault(text).map(|(name, _)| name), name, "{text}");
        }
        assert_eq!(fault("CST").unwrap().1, "is ambiguous");
    }

    #[test]
    fn no_abbreviation_is_there_twice() {
        let mut names: Vec<_> = NAMES.iter().map(|(name, _)| *name).chain(AMBIGUOUS).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();
        assert_eq!(names.len(), count);
    }
}
