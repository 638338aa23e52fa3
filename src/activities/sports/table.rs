//! One line for each kind of sport. Any other slug is as good for a client's own activities.

use serde::Serialize;
use utoipa::ToSchema;

/// A kind of sport that is known.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = KnownActivityType)]
pub struct Sport {
    #[schema(examples("trail_run"))]
    pub activity_type: &'static str,
    #[schema(examples("Trail run"))]
    pub name: &'static str,
    /// What files and services call it (Garmin, FIT, Strava, Apple Health), in any case and punctuation.
    also: &'static [&'static str],
}

/// What is none of the others.
pub const OTHER: &str = "other";

const fn sport(
    activity_type: &'static str,
    name: &'static str,
    also: &'static [&'static str],
) -> Sport {
    Sport { activity_type, name, also }
}

impl Sport {
    // A line each.
    #[rustfmt::skip]
    pub const ALL: [Self; 57] = [
        sport("run", "Run", &["running", "street_running", "track_running", "running/street", "running/track"]),
        sport("trail_run", "Trail run", &["trail_running", "running/trail", "ultra_run", "running/ultra"]),
        sport("treadmill_run", "Treadmill run", &["treadmill_running", "indoor_running", "running/treadmill", "running/indoor_running"]),
        sport("virtual_run", "Virtual run", &["virtual_running", "running/virtual_activity"]),
        sport("cycle", "Ride", &["cycling", "road_biking", "biking", "ride", "cycling/road", "track_cycling", "recumbent_cycling", "cyclocross"]),
        sport("gravel_cycle", "Gravel ride", &["gravel_cycling", "gravel_ride", "cycling/gravel_cycling"]),
        sport("mountain_bike", "Mountain bike ride", &["mountain_biking", "mountain_bike_ride", "downhill_biking", "enduro_mtb", "cycling/mountain", "cycling/downhill"]),
        sport("indoor_cycle", "Indoor ride", &["indoor_cycling", "cycling/indoor_cycling", "cycling/spin", "spinning", "fitness_equipment/indoor_cycling"]),
        sport("virtual_cycle", "Virtual ride", &["virtual_ride", "cycling/virtual_activity"]),
        sport("e_bike", "E-bike ride", &["e_biking", "e_bike_ride", "e_bike_fitness", "e_mountain_bike_ride", "e_bike_mountain", "cycling/e_bike_fitness", "cycling/e_bike_mountain"]),
        sport("hand_cycle", "Hand cycle", &["hand_cycling", "handcycle", "cycling/hand_cycling"]),
        sport("swim", "Swim", &["swimming", "lap_swimming", "swimming/lap_swimming", "pool_swimming"]),
        sport("open_water_swim", "Open water swim", &["open_water_swimming", "swimming/open_water", "swimming_open_water"]),
        sport("lift", "Strength training", &["strength_training", "training/strength_training", "traditional_strength_training", "functional_strength_training", "weight_training", "weightlifting"]),
        sport("core", "Core training", &["core_training", "abs"]),
        sport("walk", "Walk", &["walking", "casual_walking", "speed_walking", "walking/casual_walking", "walking/speed_walking", "indoor_walking", "walking/indoor_walking"]),
        sport("hike", "Hike", &["hiking", "rucking", "mountaineering"]),
        sport("row", "Row", &["rowing", "indoor_rowing", "rowing/indoor_rowing", "fitness_equipment/indoor_rowing", "virtual_row"]),
        sport("yoga", "Yoga", &["training/yoga", "mind_and_body"]),
        sport("pilates", "Pilates", &["training/pilates", "barre"]),
        sport("stretch", "Stretching", &["flexibility", "flexibility_training", "training/flexibility_training", "mobility"]),
        sport("cardio", "Cardio", &["cardio_training", "training/cardio_training", "indoor_cardio", "mixed_cardio", "workout", "fitness_equipment", "training", "cooldown"]),
        sport("hiit", "High intensity intervals", &["high_intensity_interval_training", "cross_training", "crossfit"]),
        sport("elliptical", "Elliptical", &["elliptical_trainer", "fitness_equipment/elliptical"]),
        sport("stairs", "Stairs", &["stair_climbing", "stair_stepper", "stairs_stepper", "step_training", "fitness_equipment/stair_climbing", "floor_climbing", "floor_climb"]),
        sport("climb", "Climbing", &["climbing", "rock_climbing", "indoor_climbing", "bouldering"]),
        sport("alpine_ski", "Alpine ski", &["alpine_skiing", "resort_skiing", "resort_skiing_snowboarding", "downhill_skiing"]),
        sport("backcountry_ski", "Backcountry ski", &["backcountry_skiing", "alpine_skiing/backcountry", "ski_touring"]),
        sport("cross_country_ski", "Cross-country ski", &["cross_country_skiing", "nordic_ski", "skate_skiing", "cross_country_classic_skiing", "cross_country_skiing/skate_skiing"]),
        sport("snowboard", "Snowboard", &["snowboarding"]),
        sport("snowshoe", "Snowshoe", &["snowshoeing"]),
        sport("ice_skate", "Ice skate", &["ice_skating", "skating"]),
        sport("inline_skate", "Inline skate", &["inline_skating", "roller_ski", "skate_boarding", "skateboard"]),
        sport("paddle", "Paddling", &["paddling", "canoeing", "kayaking", "canoe", "paddle_sports", "rafting"]),
        sport("stand_up_paddle", "Stand-up paddling", &["stand_up_paddleboarding", "stand_up_paddling"]),
        sport("surf", "Surf", &["surfing", "surfing_sports", "wakeboarding"]),
        sport("kitesurf", "Kitesurf", &["kitesurfing", "kiteboarding", "windsurf", "windsurfing"]),
        sport("sail", "Sail", &["sailing", "boating"]),
        sport("dive", "Dive", &["diving", "apnea_diving", "single_gas_diving", "underwater_diving", "snorkeling"]),
        sport("golf", "Golf", &["disc_golf"]),
        sport("tennis", "Tennis", &["tennis_v2", "racket", "racquet_sports"]),
        sport("badminton", "Badminton", &[]),
        sport("squash", "Squash", &["racquetball", "padel", "pickleball"]),
        sport("table_tennis", "Table tennis", &[]),
        sport("soccer", "Football", &["football", "futsal"]),
        sport("basketball", "Basketball", &[]),
        sport("volleyball", "Volleyball", &["beach_volleyball"]),
        sport("handball", "Handball", &[]),
        sport("hockey", "Hockey", &["field_hockey", "ice_hockey"]),
        sport("rugby", "Rugby", &["american_football", "australian_football"]),
        sport("martial_arts", "Martial arts", &["boxing", "kickboxing", "mixed_martial_arts", "wrestling"]),
        sport("dance", "Dance", &["dancing", "cardio_dance", "social_dance"]),
        sport("breathwork", "Breathing", &["meditation", "breathing", "training/breathing"]),
        sport("ride_horse", "Horse riding", &["horseback_riding", "equestrian_sports"]),
        sport("multisport", "Multisport", &["multi_sport", "swim_bike_run", "triathlon"]),
        sport("transition", "Transition", &[]),
        sport(OTHER, "Other", &["generic", "uncategorized"]),
    ];

    /// The kind that files and services call `raw`: `TRAIL_RUNNING_V2`, `TrailRun`, `running/trail`,
    /// `HKWorkoutActivityTypeRunning`. Of a sport with a part after the slash, the sport when the part
    /// is not known; else `other`.
    pub fn of(raw: Option<&str>) -> &'static str {
        let Some(raw) = raw else { return OTHER };
        let known = |name: &str| {
            let name = plain(name);
            let is_it = |sport: &&Self| {
                plain(sport.activity_type) == name
                    || sport.also.iter().any(|also| plain(also) == name)
            };
            Self::ALL.iter().find(is_it).map(|sport| sport.activity_type)
        };
        let sport = raw.split_once('/').map_or(raw, |(sport, _)| sport);
        known(raw).or_else(|| known(sport)).unwrap_or(OTHER)
    }
}

/// Letters, digits and the slash in lower case, without what Apple puts before and Garmin behind.
fn plain(name: &str) -> String {
    let name = name.strip_prefix("HKWorkoutActivityType").unwrap_or(name).to_ascii_lowercase();
    let name = name.strip_suffix("_v2").or(name.strip_suffix("_ws")).unwrap_or(&name);
    name.chars().filter(|c| c.is_alphanumeric() || *c == '/').collect()
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_name_is_given_twice_and_every_slug_is_one() {
        let mut names = HashSet::new();
        for sport in &Sport::ALL {
            assert!(sport.activity_type.parse::<crate::activities::ActivityType>().is_ok());
            assert!(names.insert(plain(sport.activity_type)), "{sport:?}");
            for also in sport.also {
                let name = plain(also);
                assert!(names.insert(name) || plain(sport.activity_type) == plain(also), "{also}");
            }
        }
    }

    #[test]
    fn names_of_all_sources_are_known() {
        for (raw, expected) in [
            ("RUNNING", "run"),
            ("TRAIL_RUNNING", "trail_run"),
            ("INDOOR_RUNNING", "treadmill_run"),
            ("ROAD_BIKING", "cycle"),
            ("INDOOR_CYCLING", "indoor_cycle"),
            ("VIRTUAL_RIDE", "virtual_cycle"),
            ("LAP_SWIMMING", "swim"),
            ("OPEN_WATER_SWIMMING", "open_water_swim"),
            ("STRENGTH_TRAINING", "lift"),
            ("INDOOR_ROWING", "row"),
            ("resort_skiing_ws", "alpine_ski"),
            ("tennis_v2", "tennis"),
            ("hiking", "hike"),
            ("running/generic", "run"),
            ("running/trail", "trail_run"),
            ("swimming/lap_swimming", "swim"),
            ("Running", "run"),
            ("Biking", "cycle"),
            ("TrailRun", "trail_run"),
            ("Mountain Bike Ride", "mountain_bike"),
            ("HKWorkoutActivityTypeTraditionalStrengthTraining", "lift"),
            ("HKWorkoutActivityTypeSwimming", "swim"),
            ("curling", "other"),
            ("", "other"),
        ] {
            assert_eq!(Sport::of(Some(raw)), expected, "{raw}");
        }
        assert_eq!(Sport::of(None), "other");
    }
}
