//! Map projection: azimuthal equidistant around the centre of the track (Snyder, "Map Projections:
//! A Working Manual", 1987, chapter 25).
//!
//! Distances and directions from the centre are exact, so a run or a ride looks as on any map. No
//! place is a special case: neither the poles nor the line where longitudes jump from 180 to -180.
//! Only the point opposite the centre is torn apart, which matters only for a track around the
//! Earth.

use crate::sport::{EARTH_RADIUS, Position};

/// Sine and cosine of the centre's latitude, and its longitude in radians.
pub struct Projection {
    sin: f64,
    cos: f64,
    longitude: f64,
}

impl Projection {
    /// Centres the projection on the mean of `positions` in three dimensions.
    pub fn around(positions: impl Iterator<Item = Position>) -> Self {
        let (mut x, mut y, mut z) = (0.0, 0.0, 0.0);
        for position in positions {
            let (latitude, longitude) = radians(position);
            x += latitude.cos() * longitude.cos();
            y += latitude.cos() * longitude.sin();
            z += latitude.sin();
        }
        // Points spread around the whole globe have no centre. Any point will do.
        let latitude = z.atan2(x.hypot(y));
        Self { sin: latitude.sin(), cos: latitude.cos(), longitude: y.atan2(x) }
    }

    /// Returns metres east and south of the centre, in the directions of pixels.
    pub fn project(&self, position: Position) -> (f64, f64) {
        let (latitude, longitude) = radians(position);
        let (sin, cos) = latitude.sin_cos();
        let (sin_apart, cos_apart) = (longitude - self.longitude).sin_cos();
        let east = cos * sin_apart;
        let north = self.cos * sin - self.sin * cos * cos_apart;
        let sin_angle = east.hypot(north);
        let angle = sin_angle.atan2(self.sin * sin + self.cos * cos * cos_apart);
        if sin_angle == 0.0 {
            // The centre itself, or the point opposite, which is equally far in every direction.
            return (0.0, EARTH_RADIUS * angle);
        }
        let metres = EARTH_RADIUS * angle / sin_angle;
        (metres * east, -metres * north)
    }
}

fn radians(position: Position) -> (f64, f64) {
    (position.latitude.to_radians(), position.longitude.to_radians())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::sport::metres_between;

    fn position() -> impl Strategy<Value = Position> {
        (-90.0..=90.0, -180.0..=180.0)
            .prop_map(|(latitude, longitude)| Position { latitude, longitude })
    }

    proptest! {
        #[test]
        fn distances_from_the_middle_are_true_everywhere(middle in position(), other in position()) {
            let projection = Projection::around([middle].into_iter());
            let (x, y) = projection.project(other);
            let distance = metres_between(middle, other);
            prop_assert!((x.hypot(y) - distance).abs() < 1.0, "{} {distance}", x.hypot(y));
        }

        #[test]
        fn what_is_near_looks_as_it_is(middle in position(), east in -2000.0..2000.0, south in -2000.0..2000.0) {
            // Two places near the centre are as far apart as in the picture.
            prop_assume!(middle.latitude.abs() < 89.9);
            let degrees = 180.0 / (std::f64::consts::PI * EARTH_RADIUS);
            let wide = degrees / middle.latitude.to_radians().cos();
            let near = |x: f64, y: f64| Position {
                latitude: (middle.latitude - y * degrees).clamp(-90.0, 90.0),
                longitude: (middle.longitude + x * wide + 540.0).rem_euclid(360.0) - 180.0,
            };
            let (one, other) = (near(east, south), near(-south, east));
            let projection = Projection::around([one, other].into_iter());
            let (one_at, other_at) = (projection.project(one), projection.project(other));
            let drawn = (one_at.0 - other_at.0).hypot(one_at.1 - other_at.1);
            prop_assert!((drawn - metres_between(one, other)).abs() < 0.01);
        }

        #[test]
        fn every_place_is_somewhere(places in prop::collection::vec(position(), 1..5)) {
            let projection = Projection::around(places.iter().copied());
            for place in places {
                let (x, y) = projection.project(place);
                prop_assert!(x.hypot(y) <= 3.15 * EARTH_RADIUS);
            }
        }
    }

    #[test]
    fn from_pole_to_pole_is_a_line() {
        let on_meridian = |latitude| Position { latitude, longitude: 179.999 };
        let places: Vec<_> = (-90..=90).map(|latitude| on_meridian(f64::from(latitude))).collect();
        let projection = Projection::around(places.iter().copied());
        for (at, place) in places.iter().enumerate() {
            let (x, y) = projection.project(*place);
            assert!(x.abs() < 1.0, "{x}");
            let north = (at as f64 - 90.0).to_radians() * EARTH_RADIUS;
            assert!((y + north).abs() < 1.0, "{y}");
        }
    }
}
