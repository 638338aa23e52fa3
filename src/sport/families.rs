//! Decides which sports two recordings of one activity may have. Two devices often name related
//! sports, or one of them names none.

use super::{OTHER, Sport};

/// Groups of sports that devices and services confuse. A sport may be in several groups.
const FAMILIES: [&[&str]; 13] = [
    &["run", "trail_run", "treadmill_run", "virtual_run", "walk", "hike", "snowshoe"],
    &[
        "cycle",
        "gravel_cycle",
        "mountain_bike",
        "indoor_cycle",
        "virtual_cycle",
        "e_bike",
        "hand_cycle",
    ],
    &["swim", "open_water_swim", "dive"],
    &["lift", "core", "hiit"],
    &["core", "yoga", "pilates", "stretch", "breathwork"],
    &["elliptical", "stairs", "treadmill_run"],
    &["hike", "climb"],
    &["walk", "golf"],
    &["alpine_ski", "backcountry_ski", "cross_country_ski", "snowboard", "snowshoe"],
    &["ice_skate", "inline_skate", "cross_country_ski"],
    &["row", "paddle", "stand_up_paddle", "surf", "kitesurf", "sail"],
    &["tennis", "badminton", "squash", "table_tennis"],
    &["hiit", "martial_arts", "dance"],
];

/// What a device reports when no sport was selected (`workout` is read as `cardio`), and what
/// stands for several sports.
const UNSPECIFIC: [&str; 3] = [OTHER, "cardio", "multisport"];

/// Returns the known sports that cannot be the same activity as `activity_type`. Returns none for
/// an unspecific sport, and none for a client's custom slug, which may mean any sport.
pub fn plainly_others(activity_type: &str) -> Vec<&'static str> {
    if !is_specific(activity_type) {
        return Vec::new();
    }
    let is_related = |other: &str| {
        other == activity_type
            || FAMILIES
                .iter()
                .any(|family| family.contains(&activity_type) && family.contains(&other))
    };
    let known = Sport::ALL.iter().map(|sport| sport.activity_type);
    known.filter(|other| is_specific(other) && !is_related(other)).collect()
}

fn is_specific(activity_type: &str) -> bool {
    Sport::ALL.iter().any(|sport| sport.activity_type == activity_type)
        && !UNSPECIFIC.contains(&activity_type)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn families_are_of_known_sports() {
        let known = |slug: &&str| Sport::ALL.iter().any(|sport| sport.activity_type == *slug);
        assert!(FAMILIES.iter().flat_map(|family| family.iter()).all(known));
        assert!(UNSPECIFIC.iter().all(known));
    }

    #[test]
    fn two_sports_are_others_both_ways_or_neither() {
        for (one, other, are_others) in [
            ("run", "run", false),
            ("run", "trail_run", false),
            ("run", "walk", false),
            ("cycle", "virtual_cycle", false),
            ("swim", "open_water_swim", false),
            ("lift", "core", false),
            ("lift", "hiit", false),
            ("run", "other", false),
            ("lift", "cardio", false),
            ("run", "multisport", false),
            ("run", "kendo", false),
            ("lift", "run", true),
            ("swim", "cycle", true),
            ("walk", "cycle", true),
            ("lift", "yoga", true),
            ("badminton", "soccer", true),
            ("transition", "run", true),
        ] {
            assert_eq!(plainly_others(one).contains(&other), are_others, "{one} {other}");
            assert_eq!(plainly_others(other).contains(&one), are_others, "{other} {one}");
        }
    }
}
