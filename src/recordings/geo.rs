//! Distances on Earth.

use super::Position;

/// The mean radius (IUGG), in metres.
const EARTH_RADIUS: f64 = 6_371_008.8;

/// Along a great circle, in metres, without regard to height (haversine formula; Sinnott, "Virtues of
/// the Haversine", 1984). The Earth being no sphere, it is off by 0.5 % at most.
pub fn metres_between(one: Position, other: Position) -> f64 {
    let (lat1, lat2) = (one.latitude.to_radians(), other.latitude.to_radians());
    let half_lat = ((lat2 - lat1) / 2.0).sin();
    let half_lon = ((other.longitude - one.longitude).to_radians() / 2.0).sin();
    let a = half_lat * half_lat + lat1.cos() * lat2.cos() * half_lon * half_lon;
    2.0 * EARTH_RADIUS * a.sqrt().min(1.0).asin()
}
