//! The sport of a track.

use crate::sport::Sport;

/// Returns the sport for a program's name `raw`.
pub fn sport_of(raw: &str, creator: Option<&str>) -> &'static str {
    let is_strava = creator.is_some_and(|name| name.to_ascii_lowercase().contains("strava"));
    let name = if is_strava { by_number(raw).unwrap_or(raw) } else { raw };
    Sport::of(Some(name))
}

/// Strava's files contain numbers for sports.
fn by_number(raw: &str) -> Option<&'static str> {
    Some(match raw.parse().ok()? {
        1_u8 | 19 => "cycle",
        2 => "alpine_ski",
        3 => "backcountry_ski",
        4 => "hike",
        5 => "ice_skate",
        6 | 8 => "inline_skate",
        7 => "cross_country_ski",
        9 => "run",
        10 => "walk",
        11 => "cardio",
        12 => "snowboard",
        13 => "snowshoe",
        14 | 15 => "kitesurf",
        16 => "swim",
        17 => "virtual_cycle",
        18 => "e_bike",
        21 | 22 => "paddle",
        23 => "row",
        24 => "stand_up_paddle",
        25 => "surf",
        26 => "hiit",
        27 => "elliptical",
        28 => "climb",
        29 => "stairs",
        30 => "lift",
        31 => "yoga",
        51 => "hand_cycle",
        53 => "virtual_run",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_sports_in_files_of_strava() {
        for (raw, creator, expected) in [
            ("4", Some("StravaGPX iPhone"), "hike"),
            ("9", Some("strava.com"), "run"),
            ("52", Some("StravaGPX"), "other"),
            ("running", Some("StravaGPX"), "run"),
            ("9", Some("another"), "other"),
            ("9", None, "other"),
        ] {
            assert_eq!(sport_of(raw, creator), expected, "{raw}");
        }
        for number in 0..=255_u8 {
            let raw = number.to_string();
            if let Some(slug) = by_number(&raw) {
                assert_eq!(Sport::of(Some(slug)), slug);
            }
        }
    }
}
