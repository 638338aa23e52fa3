//! A place to hide, and the disk drawn for it.
//!
//! An attacker who sees many shares can estimate two points: the centre of the disk, by fitting a
//! circle to the points where tracks are cut, and the mean of those points. If tracks leave in all
//! directions, the mean lies halfway between the place and the centre. The displacement is large
//! enough that the median distance of both estimates from the place is at least 150 m; `attack`
//! tests this. The place itself lies at least [`MARGIN`] inside the disk.

use std::f64::consts::TAU;

use diesel::prelude::*;
use serde::{Deserialize, Serialize};

use super::{
    outside::End,
    types::OwnZone,
    zone::{Zone, is_covered},
};
use crate::{
    db::schema::privacy_places,
    sport::{Position, destination, metres_between},
};

/// Distance between a place and the centre of its disk, in metres. Uniform over the ring.
const DISPLACEMENT: (f64, f64) = (260.0, 360.0);

/// Minimum distance of a place from the edge of its disk, in metres.
pub const MARGIN: f64 = 100.0;

/// The radii of disks vary by up to this much, in metres.
const JITTER: f64 = 60.0;

/// Positions closer than this are the same place, in metres.
const SAME: f64 = 100.0;

/// Cosine of the largest angle between the displacement and the street. A disk displaced at a right
/// angle to a street would cut it at equal distances on both sides of the door.
const ALONG: f64 = 0.5;

/// A row of `privacy_places`, also written to account exports.
#[derive(
    Clone, Copy, Debug, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = privacy_places)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    pub centre_latitude: f64,
    pub centre_longitude: f64,
    /// Radius of the disk in metres.
    pub reach_meters: f64,
    /// Whether the place is the start or the end of a shared track.
    pub is_automatic: bool,
}

impl Place {
    /// Draws the disk of a new place. `streets` are the bearings in which tracks leave it. `random`
    /// returns unpredictable numbers from 0 to 1.
    pub fn draw(position: Position, streets: &[f64], random: &mut impl FnMut() -> f64) -> Self {
        let is_along =
            |angle: f64| streets.iter().all(|street| (angle - street).cos().abs() >= ALONG);
        let mut angle = random() * TAU;
        // With two streets, at least a third of all directions qualify.
        for _ in 0..100 {
            if is_along(angle) {
                break;
            }
            angle = random() * TAU;
        }
        let (least, most) = DISPLACEMENT;
        let metres = (least * least + random() * (most * most - least * least)).sqrt();
        let centre = destination(position, angle, metres);
        Self {
            latitude: position.latitude,
            longitude: position.longitude,
            centre_latitude: centre.latitude,
            centre_longitude: centre.longitude,
            // Independent of the displacement. Otherwise, the radius would reveal it.
            reach_meters: most + MARGIN + random() * JITTER,
            is_automatic: false,
        }
    }

    pub fn position(&self) -> Position {
        Position { latitude: self.latitude, longitude: self.longitude }
    }

    /// The zone that hides the place.
    pub fn zone(&self) -> Zone {
        let centre = Position { latitude: self.centre_latitude, longitude: self.centre_longitude };
        Zone { centre, reach: self.reach_meters }
    }

    /// Returns whether [`Place::draw`] could have drawn this place.
    pub fn is_sound(&self) -> bool {
        let is_place = |latitude, longitude| Position::new(latitude, longitude).is_some();
        is_place(self.latitude, self.longitude)
            && is_place(self.centre_latitude, self.centre_longitude)
            && self.reach_meters <= DISPLACEMENT.1 + MARGIN + JITTER
            && self.zone().covers(self.position())
    }
}

/// All places and user-defined zones of an account.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub places: Vec<Place>,
    pub own: Vec<OwnZone>,
}

impl Places {
    /// Returns the zones to hide in the account's tracks.
    pub fn zones(&self) -> Vec<Zone> {
        let automatic = self.places.iter().filter(|place| place.is_automatic).map(Place::zone);
        let own = self.own.iter().filter_map(|own| {
            // Zones of every radius share one centre. Two centres would reveal more than one.
            let (place, apart) = self.nearest(own.position())?;
            let Zone { centre, reach } = place.zone();
            Some(Zone { centre, reach: reach + (own.radius_meters - MARGIN) + apart })
        });
        automatic.chain(own).collect()
    }

    /// Returns the place that `position` belongs to, and its distance in metres.
    fn nearest(&self, position: Position) -> Option<(&Place, f64)> {
        let apart = |place: &Place| metres_between(place.position(), position);
        let all = self.places.iter().map(|place| (place, apart(place)));
        all.filter(|(_, metres)| *metres < SAME).min_by(|one, other| one.1.total_cmp(&other.1))
    }

    /// Adds a zone for each end of a track that no zone covers. Reuses the disk of a known place
    /// nearby.
    pub fn cover(&mut self, ends: &[End], random: &mut impl FnMut() -> f64) {
        for end in ends {
            if is_covered(&self.zones(), end.position) {
                continue;
            }
            let known = self.places.iter_mut().find(|place| place.zone().covers(end.position));
            if let Some(known) = known {
                known.is_automatic = true;
                continue;
            }
            let here = |other: &&End| metres_between(other.position, end.position) < SAME;
            let streets: Vec<f64> =
                ends.iter().filter(here).filter_map(|other| other.street).collect();
            let drawn = Place::draw(end.position, &streets, random);
            self.places.push(Place { is_automatic: true, ..drawn });
        }
    }

    /// Replaces the user-defined zones.
    pub fn replace_own(&mut self, own: &[OwnZone], random: &mut impl FnMut() -> f64) {
        for zone in own {
            if self.nearest(zone.position()).is_none() {
                self.places.push(Place::draw(zone.position(), &[], random));
            }
        }
        self.own = own.to_vec();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        privacy::{attack::Dice, zone::COVER},
        sport::bearing,
    };

    const HOME: Position = Position { latitude: 47.0, longitude: 8.0 };

    fn end(position: Position, street: f64) -> End {
        End { position, street: Some(street) }
    }

    #[test]
    fn a_disk_hides_its_place_and_lies_along_its_streets() {
        let mut dice = Dice::new(1);
        for at in 0..1000 {
            let streets = [f64::from(at), f64::from(at * 7)];
            let place = Place::draw(HOME, &streets, &mut || dice.roll());
            let Zone { centre, reach } = place.zone();
            let metres = metres_between(HOME, centre);
            assert!((260.0..=360.0).contains(&metres) && reach - metres >= MARGIN, "{place:?}");
            let angle = bearing(HOME, centre);
            for street in streets {
                assert!((angle - street).cos().abs() > 0.49, "{place:?}");
            }
            assert!(place.is_sound());
        }
    }

    #[test]
    fn what_was_drawn_is_kept_wherever_near_it_a_track_begins() {
        let mut dice = Dice::new(2);
        for _ in 0..100 {
            let mut places = Places::default();
            places.cover(&[end(HOME, 0.0), end(HOME, 1.0)], &mut || dice.roll());
            let drawn = places.zones();
            assert_eq!(drawn.len(), 1);
            for step in 0..200_u32 {
                let start = destination(HOME, f64::from(step), f64::from(step % COVER as u32));
                places.cover(&[end(start, f64::from(step))], &mut || dice.roll());
            }
            assert_eq!(places.zones(), drawn);
            // Another place gets another disk, and only one.
            let work = destination(HOME, 2.0, 3000.0);
            for _ in 0..2 {
                places.cover(&[end(HOME, 0.0), end(work, 1.0)], &mut || dice.roll());
            }
            assert_eq!((places.zones().len(), places.zones()[0]), (2, drawn[0]));
        }
    }

    #[test]
    fn zones_that_were_asked_for_are_hidden_whole_and_drawn_once() {
        let mut dice = Dice::new(3);
        for step in 0..100_u32 {
            let mut places = Places::default();
            let mut ask = |places: &mut Places, metres: f64, radius_meters: f64| {
                let Position { latitude, longitude } = destination(HOME, f64::from(step), metres);
                let own = OwnZone { latitude, longitude, radius_meters };
                places.replace_own(&[own], &mut || dice.roll());
                let zone = places.zones()[0];
                let apart = metres_between(zone.centre, own.position());
                assert!(apart + radius_meters <= zone.reach + 1e-6 && apart > 150.0);
                zone
            };
            let first = ask(&mut places, 0.0, 100.0);
            let other = ask(&mut places, 90.0, 700.0);
            assert_eq!(first.centre, other.centre);
            places.replace_own(&[], &mut || 0.5);
            assert_eq!(places.zones(), []);
            // Tracks that start there use the same disk.
            places.cover(&[end(HOME, 0.0)], &mut || 0.5);
            assert_eq!(places.zones()[0], first);
            assert_eq!(places.places.len(), 1);
        }
    }
}
