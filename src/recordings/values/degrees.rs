//! Parses degrees of latitude and longitude.

use super::{latin, number};

/// The marks of degrees, minutes and seconds.
const MARKS: [char; 8] = ['°', 'º', '\'', '’', '′', '"', '”', '″'];

/// Parses degrees north: `46.5`, `46.5°`, `46.5N`, `N 46° 30' 0"`.
pub fn latitude(text: &str) -> Option<f64> {
    number(text).or_else(|| marked(text, ['N', 'S']))
}

/// Parses degrees east. Some programs continue beyond 180 or below -180.
pub fn longitude(text: &str) -> Option<f64> {
    let degrees = number(text).or_else(|| marked(text, ['E', 'W']))?;
    Some(match degrees {
        180.0..=540.0 if degrees > 180.0 => degrees - 360.0,
        -540.0..-180.0 => degrees + 360.0,
        _ => degrees,
    })
}

/// Parses degrees with a mark, with minutes and seconds, or with a letter for the hemisphere. The
/// second of `sides` is negative.
#[cold]
fn marked(text: &str, sides: [char; 2]) -> Option<f64> {
    let text = latin(text.trim()).to_ascii_uppercase();
    let bare = text.trim_matches(sides).trim();
    let side = text.chars().find(|c| sides.contains(c));
    let has_sign = bare.starts_with(['-', '+']);
    let mut parts = bare.trim_start_matches(['-', '+']).split(MARKS).map(str::trim);
    let mut degrees = unsigned(parts.next()?)?;
    let mut unit = 1.0;
    for part in parts.filter(|part| !part.is_empty()) {
        unit /= 60.0;
        degrees += unsigned(part).filter(|part| *part < 60.0)? * unit;
    }
    match side {
        // A sign and a letter may contradict each other.
        Some(_) if has_sign => None,
        Some(side) => Some(if sides.ends_with(&[side]) { -degrees } else { degrees }),
        None => Some(if bare.starts_with('-') { -degrees } else { degrees }),
    }
}

fn unsigned(text: &str) -> Option<f64> {
    number(text).filter(|number| number.is_sign_positive())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn degrees_are_read_with_their_marks() {
        for (text, expected) in [
            ("46.5", Some(46.5)),
            ("-46,5", Some(-46.5)),
            ("46.5°", Some(46.5)),
            ("-46.5 º", Some(-46.5)),
            ("46.5N", Some(46.5)),
            ("46.5° s", Some(-46.5)),
            ("N46.5", Some(46.5)),
            ("S 46,5°", Some(-46.5)),
            ("46°30'N", Some(46.5)),
            ("46° 29.5′ 30″ N", Some(46.5)),
            ("-46°30'00\"", Some(-46.5)),
            ("46.5E", None),
            ("-46.5S", None),
            ("46°60'", None),
            ("46°-30'", None),
            ("46.5X", None),
            ("N", None),
            ("°", None),
            ("NaN", None),
            ("", None),
        ] {
            assert_eq!(latitude(text), expected, "{text}");
        }
    }

    #[test]
    fn a_longitude_goes_around_the_earth_once() {
        for (text, expected) in [
            ("7.5", Some(7.5)),
            ("7.5W", Some(-7.5)),
            ("E 7.5°", Some(7.5)),
            ("7.5N", None),
            ("180", Some(180.0)),
            ("-180", Some(-180.0)),
            ("181", Some(-179.0)),
            ("367.5°", Some(7.5)),
            ("540", Some(180.0)),
            ("-190", Some(170.0)),
            ("541", Some(541.0)),
        ] {
            assert_eq!(longitude(text), expected, "{text}");
        }
    }
}
