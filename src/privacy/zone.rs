//! A disk on the ground whose inside is hidden.

use crate::sport::{EARTH_RADIUS, Position, metres_between};

/// A zone covers the end of a track if the end lies at least this far inside, in metres. Otherwise,
/// a new zone is drawn. Devices are off by some tens of metres when they start.
pub const COVER: f64 = 50.0;

/// A disk that is hidden.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Zone {
    pub centre: Position,
    /// Radius in metres.
    pub reach: f64,
}

impl Zone {
    /// Returns whether a track that starts or ends here needs no other zone.
    pub fn covers(&self, position: Position) -> bool {
        metres_between(self.centre, position) <= self.reach - COVER
    }
}

/// Returns whether one of the zones covers the end of a track.
pub fn is_covered(zones: &[Zone], end: Position) -> bool {
    zones.iter().any(|zone| zone.covers(end))
}

/// A position as a unit vector from the centre of the Earth.
pub type Vector = [f64; 3];

/// Converts a position to a vector.
pub fn vector(position: Position) -> Vector {
    let (sin_lat, cos_lat) = position.latitude.to_radians().sin_cos();
    let (sin_lon, cos_lon) = position.longitude.to_radians().sin_cos();
    [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat]
}

/// A zone, prepared for tests against many positions.
pub struct Disk {
    centre: Vector,
    sin_reach: f64,
    /// Square of the chord from the centre to the edge, in Earth radii.
    chord_squared: f64,
}

impl Disk {
    pub fn new(zone: &Zone) -> Self {
        let angle = zone.reach / EARTH_RADIUS;
        let chord = 2.0 * (angle / 2.0).sin();
        Self { centre: vector(zone.centre), sin_reach: angle.sin(), chord_squared: chord * chord }
    }

    /// Returns whether the position lies inside.
    pub fn holds(&self, position: &Vector) -> bool {
        let apart = minus(&self.centre, position);
        dot(&apart, &apart) <= self.chord_squared
    }

    /// Returns whether the shortest line between two positions outside the disk passes through it.
    pub fn is_crossed(&self, from: &Vector, to: &Vector) -> bool {
        let normal = cross(from, to);
        let length = dot(&normal, &normal).sqrt();
        // Distance of the centre from the great circle, times `length`. The sign is the side.
        let off = dot(&normal, &self.centre);
        // A line of length 0 crosses nothing, because its ends lie outside.
        if length < 1e-12 || (off / length).abs() > self.sin_reach {
            return false;
        }
        // Whether the point of the great circle nearest to the centre lies on the line.
        dot(&cross(&normal, from), &self.centre) >= 0.0
            && dot(&cross(to, &normal), &self.centre) >= 0.0
    }
}

fn dot([a, b, c]: &Vector, [x, y, z]: &Vector) -> f64 {
    a * x + b * y + c * z
}

fn minus([a, b, c]: &Vector, [x, y, z]: &Vector) -> Vector {
    [a - x, b - y, c - z]
}

fn cross([a, b, c]: &Vector, [x, y, z]: &Vector) -> Vector {
    [b * z - c * y, c * x - a * z, a * y - b * x]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::{FRAC_PI_2, PI};

    use proptest::prelude::*;

    use super::*;
    use crate::sport::destination;

    proptest! {
        #[test]
        fn a_disk_holds_what_is_near_and_is_crossed_by_ways_through_it(
            latitude in -90.0..90.0, longitude in -180.0..180.0, angle in 0.0..6.2, beside in 0.0..900.0,
            back in 600.0..3000.0, on in 600.0..3000.0,
        ) {
            prop_assume!(f64::abs(beside - 500.0) > 1.0);
            let centre = Position { latitude, longitude };
            let disk = Disk::new(&Zone { centre, reach: 500.0 });
            let side = destination(centre, angle, beside);
            prop_assert_eq!(disk.holds(&vector(side)), beside < 500.0);
            // At a right angle to the line from the centre, `beside` metres away from it.
            let way = crate::sport::bearing(side, centre) + FRAC_PI_2;
            prop_assume!(beside > 1.0);
            let (from, to) = (destination(side, way + PI, back), destination(side, way, on));
            prop_assert_eq!(disk.is_crossed(&vector(from), &vector(to)), beside < 500.0);
            // A line that ends before the disk, and one that starts behind it.
            let before = destination(side, way + PI, back + 100.0);
            prop_assert!(!disk.is_crossed(&vector(before), &vector(from)));
            prop_assert!(!disk.is_crossed(&vector(to), &vector(destination(side, way, on + 100.0))));
            prop_assert!(!disk.is_crossed(&vector(from), &vector(from)));
        }
    }
}
