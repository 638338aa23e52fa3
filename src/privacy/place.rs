//! A place that is hidden, and the disk that was drawn for it.
//!
//! An attacker who sees many shares finds the middle of the disk, by fitting a circle to the points
//! where tracks are cut, and the mean of those points. When tracks leave in all directions, the
//! mean lies half way between the place and the middle. Displacements are such that both are at
//! least 150 m from the place at the median, which `attack` tests. The place itself lies at least
//! [`MARGIN`] inside.

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

/// How far from the place the middle of its disk lies, in metres; uniform over the ring.
const DISPLACEMENT: (f64, f64) = (260.0, 360.0);

/// How far inside of its disk a place lies, in metres.
pub const MARGIN: f64 = 100.0;

/// Disks differ by up to this much in radius, in metres.
const JITTER: f64 = 60.0;

/// Places nearer than this are one, in metres.
const SAME: f64 = 100.0;

/// The cosine of the largest angle between the displacement and the street. A disk that is
/// displaced at right angles to a street would cut it at equal distances on both sides of the door.
const ALONG: f64 = 0.5;

/// A row of `privacy_places`, and what an account export has of it.
#[derive(
    Clone, Copy, Debug, PartialEq, Queryable, Selectable, Insertable, Serialize, Deserialize,
)]
#[diesel(table_name = privacy_places)]
pub struct Place {
    pub latitude: f64,
    pub longitude: f64,
    pub centre_latitude: f64,
    pub centre_longitude: f64,
    /// The radius of the disk.
    pub reach_meters: f64,
    /// Whether a shared track begins or ends here.
    pub is_automatic: bool,
}

impl Place {
    /// Draws the disk of a new place. `streets` are the bearings in which tracks leave it; `random`
    /// gives numbers from 0 to 1 that nobody can foresee.
    pub fn draw(position: Position, streets: &[f64], random: &mut impl FnMut() -> f64) -> Self {
        let is_along =
            |angle: f64| streets.iter().all(|street| (angle - street).cos().abs() >= ALONG);
        let mut angle = random() * TAU;
        // A third of all directions at least are along two streets.
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
            // Independent of the displacement, which it would tell otherwise.
            reach_meters: most + MARGIN + random() * JITTER,
            is_automatic: false,
        }
    }

    pub fn position(&self) -> Position {
        Position { latitude: self.latitude, longitude: self.longitude }
    }

    /// What is left out around it.
    pub fn zone(&self) -> Zone {
        let centre = Position { latitude: self.centre_latitude, longitude: self.centre_longitude };
        Zone { centre, reach: self.reach_meters }
    }

    /// Whether it is what [`Place::draw`] could have drawn.
    pub fn is_sound(&self) -> bool {
        let is_place = |latitude, longitude| Position::new(latitude, longitude).is_some();
        is_place(self.latitude, self.longitude)
            && is_place(self.centre_latitude, self.centre_longitude)
            && self.reach_meters <= DISPLACEMENT.1 + MARGIN + JITTER
            && self.zone().covers(self.position())
    }
}

/// All places and zones of an account.
#[derive(Clone, Debug, Default)]
pub struct Places {
    pub places: Vec<Place>,
    pub own: Vec<OwnZone>,
}

impl Places {
    /// What is left out of the account's tracks.
    pub fn zones(&self) -> Vec<Zone> {
        let automatic = self.places.iter().filter(|place| place.is_automatic).map(Place::zone);
        let own = self.own.iter().filter_map(|own| {
            // The same middle for every radius: two middles would tell more than one.
            let (place, apart) = self.nearest(own.position())?;
            let Zone { centre, reach } = place.zone();
            Some(Zone { centre, reach: reach + (own.radius_meters - MARGIN) + apart })
        });
        automatic.chain(own).collect()
    }

    /// The place that `position` belongs to, and how many metres away it is.
    fn nearest(&self, position: Position) -> Option<(&Place, f64)> {
        let apart = |place: &Place| metres_between(place.position(), position);
        let all = self.places.iter().map(|place| (place, apart(place)));
        all.filter(|(_, metres)| *metres < SAME).min_by(|one, other| one.1.total_cmp(&other.1))
    }

    /// Makes a zone for each end of a track that has none. A disk that was drawn for a place nearby
    /// is taken again.
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

    /// Replaces the zones that the account asked for.
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
            // Another place has a disk of its own, once.
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
            // It is the disk of tracks that begin there, too.
            places.cover(&[end(HOME, 0.0)], &mut || 0.5);
            assert_eq!(places.zones()[0], first);
            assert_eq!(places.places.len(), 1);
        }
    }
}
