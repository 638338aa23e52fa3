//! Parses values as Apple Health and related apps write them.

use chrono::{DateTime, FixedOffset};

use crate::recordings::text::latin_digit;

/// Parses Apple's `2024-05-04 08:00:00 +0200`, also with a 12-hour clock as set on the phone
/// (`8:00:00 a.m.`), or ISO 8601.
pub fn time(text: &str) -> Option<DateTime<FixedOffset>> {
    let plain = |text: &str| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok();
    plain(text.trim()).or_else(|| {
        // Phones write various kinds of spaces (U+202F), and digits of their language.
        let latin: String = text.chars().map(latin_digit).collect();
        let words: Vec<_> = latin.split_whitespace().collect();
        let text = words.join(" ").to_ascii_lowercase();
        let text = text.replace("a. m.", "am").replace("p. m.", "pm");
        let text = text.replace("a.m.", "am").replace("p.m.", "pm");
        let forms =
            ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %I:%M:%S %p %z", "%Y-%m-%dt%H:%M:%S%.f%#z"];
        forms.into_iter().find_map(|form| DateTime::parse_from_str(&text, form).ok())
    })
}

/// Converts a quantity in any unit and spelling to metres, seconds or kilocalories. Case matters
/// only for the large calorie (`Cal`).
pub fn quantity(value: f64, unit: &str) -> Option<f64> {
    let factor = match unit.trim() {
        "Cal" | "CAL" => 1.0,
        unit => match unit.to_ascii_lowercase().as_str() {
            "m" | "s" | "sec" | "kcal" | "count/min" | "bpm" => 1.0,
            "km" => 1000.0,
            "mi" => 1609.344,
            "ft" => 0.3048,
            "yd" => 0.9144,
            "cm" => 0.01,
            "min" => 60.0,
            "hr" | "h" => 3600.0,
            "kj" => 1.0 / 4.184,
            "cal" => 0.001,
            _ => return None,
        },
    };
    Some(value * factor).filter(|value| value.is_finite())
}

/// Returns the indoor variant of a sport.
pub fn indoors(activity_type: &'static str, is_indoor: bool) -> &'static str {
    match activity_type {
        "run" if is_indoor => "treadmill_run",
        "cycle" if is_indoor => "indoor_cycle",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_phones_write_them() {
        for text in [
            "2026-05-04 08:00:00 +0200",
            " 2026-05-04 8:00:00 AM +0200",
            "2026-05-04 8:00:00\u{202f}AM +0200",
            "2026-05-04 08:00:00\u{a0}a.m. +0200",
            "2026-05-04 8:00:00 a.\u{a0}m. +0200",
            "2026-05-04 08:00:00.000 +02:00",
            "2026-05-04T08:00:00+02:00",
            "2026-05-04T08:00:00.000+0200",
            "2026-05-04T06:00:00Z",
            "\u{662}\u{660}\u{662}\u{666}-05-04 08:00:00 +0200",
        ] {
            let read = time(text).map(|time| time.timestamp());
            assert_eq!(read, Some(1_777_874_400), "{text}");
        }
        let noon = |text: &str| time(text).unwrap().to_utc().to_string();
        assert_eq!(noon("2026-05-04 12:00:00 pm +0000"), "2026-05-04 12:00:00 UTC");
        assert_eq!(noon("2026-05-04 12:00:00 A.M. +0000"), "2026-05-04 00:00:00 UTC");
        for odd in ["", "2026-05-04", "2026-05-04 08:00:00", "2026-05-04 13:00:00 pm +0200", "now"]
        {
            assert_eq!(time(odd), None, "{odd}");
        }
    }

    #[test]
    fn units_are_known_by_their_letters() {
        for (unit, expected) in [
            ("KM", Some(1000.0)),
            ("Mi", Some(1609.344)),
            ("yd", Some(0.9144)),
            ("kCal", Some(1.0)),
            ("Cal", Some(1.0)),
            ("cal", Some(0.001)),
            ("KJ", Some(1.0 / 4.184)),
            (" m ", Some(1.0)),
            ("", None),
            ("furlong", None),
        ] {
            assert_eq!(quantity(1.0, unit), expected, "{unit}");
        }
        assert_eq!(quantity(f64::MAX, "km"), None);
    }
}
