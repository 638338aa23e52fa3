//! UTC offset of a place, from the time zone boundaries of OpenStreetMap
//! (timezone-boundary-builder).

use std::sync::LazyLock;

use chrono::{DateTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use tzf_rs::EmbeddedFinder;

use crate::sport::Position;

/// Initialised on first use. The boundaries are not copied from the binary.
static ZONES: LazyLock<EmbeddedFinder> = LazyLock::new(EmbeddedFinder::new);

/// Returns the offset in minutes. At sea, it is that of the nautical time zone.
pub fn utc_offset_minutes(place: Position, time: DateTime<Utc>) -> Option<i32> {
    let zone: Tz = ZONES.get_tz_name(place.longitude, place.latitude).parse().ok()?;
    Some(zone.offset_from_utc_datetime(&time.naive_utc()).fix().local_minus_utc() / 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clocks_are_those_of_the_place_and_the_season() {
        for (latitude, longitude, time, expected) in [
            (46.5, 9.8, "2024-05-04T18:00:00Z", 120),
            (46.5, 9.8, "2024-12-04T18:00:00Z", 60),
            (51.5, -0.1, "2024-01-04T18:00:00Z", 0),
            (27.7, 85.3, "2024-05-04T18:00:00Z", 345),
            (47.6, -52.7, "2024-05-04T18:00:00Z", -150),
            (-43.9, -176.5, "2024-01-04T18:00:00Z", 825),
            (0.0, -30.0, "2024-05-04T18:00:00Z", -120),
            (-90.0, 0.0, "2024-05-04T18:00:00Z", 720),
        ] {
            let place = Position::new(latitude, longitude).unwrap();
            let time = time.parse().unwrap();
            assert_eq!(utc_offset_minutes(place, time), Some(expected), "{latitude} {longitude}");
        }
    }

    #[test]
    fn every_zone_with_a_boundary_is_known() {
        for name in ZONES.timezonenames() {
            assert!(name.parse::<Tz>().is_ok(), "{name}");
        }
    }
}
