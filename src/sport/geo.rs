//! Positions and geometry on a spherical Earth. The error is at most 0.5 %.

/// A position in degrees of WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Position {
    pub latitude: f64,
    pub longitude: f64,
}

impl Position {
    /// Returns `None` if the coordinates are out of range.
    pub fn new(latitude: f64, longitude: f64) -> Option<Self> {
        let is_place = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
        is_place.then_some(Self { latitude, longitude })
    }
}

/// Mean radius of the Earth in metres (IUGG).
pub const EARTH_RADIUS: f64 = 6_371_008.8;

/// Great-circle distance in metres, ignoring elevation (haversine formula; Sinnott, "Virtues of the
/// Haversine", 1984).
pub fn metres_between(one: Position, other: Position) -> f64 {
    let (lat1, lat2) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((other.longitude - one.longitude).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS * a.sqrt().min(1.0).asin()
}

/// Initial bearing from `from` to `to`, in radians clockwise from north.
pub fn bearing(from: Position, to: Position) -> f64 {
    let (lat1, lat2) = (from.latitude.to_radians(), to.latitude.to_radians());
    let (sin_apart, cos_apart) = (to.longitude - from.longitude).to_radians().sin_cos();
    let east = lat2.cos() * sin_apart;
    let north = lat1.cos() * lat2.sin() - lat1.sin() * lat2.cos() * cos_apart;
    east.atan2(north)
}

/// The position `metres` away from `from` in the direction `bearing`.
pub fn destination(from: Position, bearing: f64, metres: f64) -> Position {
    let (sin_lat, cos_lat) = from.latitude.to_radians().sin_cos();
    let (sin, cos) = (metres / EARTH_RADIUS).sin_cos();
    let latitude = (sin_lat * cos + cos_lat * sin * bearing.cos()).clamp(-1.0, 1.0).asin();
    let east = bearing.sin() * sin * cos_lat;
    let longitude = from.longitude + east.atan2(cos - sin_lat * latitude.sin()).to_degrees();
    Position {
        latitude: latitude.to_degrees(),
        longitude: (longitude + 540.0).rem_euclid(360.0) - 180.0,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_destination_lies_where_it_was_said_to(
            latitude in -89.0..89.0, longitude in -180.0..180.0, angle in -3.1..3.1, metres in 1.0..5000.0,
        ) {
            let from = Position { latitude, longitude };
            let to = destination(from, angle, metres);
            prop_assert!(Position::new(to.latitude, to.longitude).is_some());
            prop_assert!((metres_between(from, to) - metres).abs() < 0.01);
            prop_assert!((bearing(from, to) - angle).abs() < 1e-3);
        }
    }
}
