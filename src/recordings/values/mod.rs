//! Parses numbers, positions and times as different programs write them.

mod degrees;
mod times;
mod unread;

use std::borrow::Cow;

pub use degrees::{latitude, longitude};
pub use times::{Moment, moment};
pub use unread::Unread;

/// Zeros of other scripts, which phones in these languages write: Arabic, Persian, Devanagari,
/// Bengali, Burmese.
const DIGITS: [u32; 5] = [0x660, 0x6f0, 0x966, 0x9e6, 0x1040];

/// Units that may follow a measurement. Points use these units anyway.
const UNITS: [&str; 13] = [
    "m", "meter", "meters", "metre", "metres", "bpm", "rpm", "spm", "w", "watt", "watts", "°c", "c",
];

/// Parses a number with or without its unit. Returns `None` for another unit.
pub fn measurement(text: &str) -> Option<f64> {
    number(text).or_else(|| {
        let bare = text.trim().trim_end_matches(|c: char| c.is_alphabetic() || c == '°');
        let unit = text.trim().strip_prefix(bare)?.to_ascii_lowercase();
        UNITS.contains(&unit.as_str()).then(|| number(bare)).flatten()
    })
}

/// Parses a number with a decimal point or a decimal comma.
pub fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    text.parse().ok().or_else(|| foreign_number(text)).filter(|number: &f64| number.is_finite())
}

#[cold]
fn foreign_number(text: &str) -> Option<f64> {
    let text: String = latin(text).chars().filter(|c| !c.is_whitespace() && *c != '\'').collect();
    let plain = match (text.rfind(','), text.rfind('.')) {
        // The last separator precedes the fraction, the others group thousands.
        (Some(comma), Some(point)) if point > comma => text.replace(',', ""),
        (Some(_), Some(_)) => text.replace('.', "").replace(',', "."),
        (Some(_), None) if text.matches(',').count() == 1 => text.replace(',', "."),
        _ => return text.parse().ok(),
    };
    plain.parse().ok()
}

/// Converts digits, signs, separators and spaces of other scripts to ASCII.
fn latin(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return Cow::Borrowed(text);
    }
    let latin = |c: char| {
        let digit = |first: &u32| u32::from(c).checked_sub(*first).filter(|digit| *digit < 10);
        match c {
            '\u{2212}' => '-',
            '\u{66b}' => ',',
            c if c.is_whitespace() => ' ',
            _ => DIGITS.iter().find_map(digit).and_then(|n| char::from_digit(n, 10)).unwrap_or(c),
        }
    };
    Cow::Owned(text.chars().map(latin).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_in_all_countries() {
        for (text, expected) in [
            ("46.5", Some(46.5)),
            (" -7 ", Some(-7.0)),
            ("1.5e3", Some(1500.0)),
            ("46,5000000", Some(46.5)),
            ("1.234,5", Some(1234.5)),
            ("1,234.5", Some(1234.5)),
            ("1,234,567", None),
            ("1\u{a0}234,5", Some(1234.5)),
            ("1'234.5", Some(1234.5)),
            ("\u{2212}7,5", Some(-7.5)),
            ("\u{664}\u{666}\u{66b}\u{665}", Some(46.5)),
            ("NaN", None),
            ("inf", None),
            ("1e999", None),
            ("", None),
            (",", None),
            ("null", None),
        ] {
            assert_eq!(number(text), expected, "{text}");
        }
    }

    #[test]
    fn units_may_stand_behind_a_measurement() {
        for (text, expected) in [
            ("140", Some(140.0)),
            ("140 bpm", Some(140.0)),
            (" 140BPM ", Some(140.0)),
            ("500,5\u{a0}m", Some(500.5)),
            ("-3 °C", Some(-3.0)),
            ("250W", Some(250.0)),
            ("1640 ft", None),
            ("60 °F", None),
            ("1 bpm bpm", None),
            ("bpm", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(measurement(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn a_comma_is_as_good_as_a_point(value in -1e9_f64..1e9, exponent in -5_i32..5) {
            prop_assert_eq!(number(&value.to_string().replace('.', ",")), Some(value));
            let text = format!("{value}e{exponent}");
            prop_assert_eq!(number(&text.replace('.', ",")), text.parse().ok());
        }

        #[test]
        fn no_text_is_too_odd(text in "\\PC{0,40}", digits in "[0-9.,'e+\\-٠-٩ ]{0,24}") {
            number(&text);
            number(&digits);
            measurement(&text);
            latitude(&digits);
            longitude(&text);
        }
    }
}
