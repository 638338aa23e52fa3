//! Simulates an attack on fifty shares of each of a thousand homes.
//!
//! Tracks are loops, laps around the block, and routes out and back. They leave the door in any
//! direction, which reveals more than a few streets would. The attacker knows every cut point.

use std::f64::consts::TAU;

use super::{
    outside::{ends, runs},
    place::Places,
    zone::{Disk, Zone, vector},
};
use crate::sport::{EARTH_RADIUS, Position, bearing, metres_between};

const HOMES: u32 = 1000;
const SHARES: u32 = 50;

/// Distance between two points of a track, in metres.
const STEP: f64 = 40.0;

/// Random numbers from 0 to 1 that are the same in every run (SplitMix64; Steele et al., 2014).
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Metres east and north of home.
type Spot = (f64, f64);

/// Walks through the corners, with a point every [`STEP`] metres.
fn walk(home: Position, corners: &[Spot]) -> Vec<Option<Position>> {
    let degree = EARTH_RADIUS.to_radians();
    let wide = degree * home.latitude.to_radians().cos();
    let place = |(east, north): Spot| {
        let longitude = home.longitude + east / wide;
        Position { latitude: home.latitude + north / degree, longitude }
    };
    let mut track = Vec::new();
    for leg in corners.windows(2) {
        let ((x, y), (to_x, to_y)) = (leg[0], leg[1]);
        let steps = ((to_x - x).hypot(to_y - y) / STEP).ceil().max(1.0);
        let at = |step: f64| (x + (to_x - x) * step / steps, y + (to_y - y) * step / steps);
        track.extend((0..steps as u32).map(|step| Some(place(at(f64::from(step))))));
    }
    track.extend(corners.last().map(|last| Some(place(*last))));
    track
}

fn track(home: Position, dice: &mut Dice) -> Vec<Option<Position>> {
    // Where the device locates the door: GPS is a few metres off.
    let door = (dice.roll() * 20.0 - 10.0, dice.roll() * 20.0 - 10.0);
    let (angle, far) = (dice.roll() * TAU, 1000.0 + dice.roll() * 800.0);
    let spot =
        |angle: f64, metres: f64| (door.0 + metres * angle.sin(), door.1 + metres * angle.cos());
    let corners = match (dice.roll() * 3.0) as u32 {
        0 => vec![door, spot(angle, far), door],
        1 => {
            let other = angle + 0.5 + dice.roll() * 2.0;
            vec![
                door,
                spot(angle, far),
                spot(f64::midpoint(angle, other), far * 1.3),
                spot(other, far),
                door,
            ]
        }
        // Two laps around the block, then back home.
        _ => {
            let block =
                [door, spot(angle, 800.0), spot(angle + 0.8, 1130.0), spot(angle + 1.6, 800.0)];
            [&block[..], &block[..], &[door]].concat()
        }
    };
    walk(home, &corners)
}

/// Metres east and north of `home`.
fn spot(home: Position, place: Position) -> Spot {
    let (angle, metres) = (bearing(home, place), metres_between(home, place));
    (metres * angle.sin(), metres * angle.cos())
}

fn mean(spots: &[Spot]) -> Spot {
    let count = spots.len() as f64;
    let sum = spots.iter().fold((0.0, 0.0), |sum, spot| (sum.0 + spot.0, sum.1 + spot.1));
    (sum.0 / count, sum.1 / count)
}

/// Centre of the best-fitting circle (least squares; Kåsa, 1976).
fn middle_of_circle(spots: &[Spot]) -> Spot {
    let (mx, my) = mean(spots);
    let [mut xx, mut xy, mut yy, mut xz, mut yz] = [0.0; 5];
    for (x, y) in spots.iter().map(|spot| (spot.0 - mx, spot.1 - my)) {
        let z = (x * x + y * y) / 2.0;
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
        (xz, yz) = (xz + x * z, yz + y * z);
    }
    let determinant = xx * yy - xy * xy;
    (mx + (xz * yy - yz * xy) / determinant, my + (yz * xx - xz * xy) / determinant)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Returns the points at which a track is cut. Asserts that no visible line enters a zone.
fn cuts(home: Position, track: &[Option<Position>], zones: &[Zone]) -> Vec<Spot> {
    let (disk, near) = (Disk::new(&zones[0]), Disk::new(&Zone { centre: home, reach: 80.0 }));
    let runs = runs(track, track.len(), zones);
    for run in &runs {
        let points = track[run.clone()].iter().flatten();
        let points: Vec<_> = points.map(|place| vector(*place)).collect();
        assert!(points.iter().all(|point| !disk.holds(point) && !near.holds(point)));
        assert!(points.windows(2).all(|line| !disk.is_crossed(&line[0], &line[1])));
    }
    let ends = runs.iter().flat_map(|run| [run.start, run.end - 1]);
    ends.map(|index| spot(home, track[index].unwrap())).collect()
}

#[test]
fn nobody_finds_a_home_in_what_is_shown_of_its_tracks() {
    let mut dice = Dice::new(25);
    let mut errors = [const { Vec::new() }; 3];
    for number in 0..HOMES {
        let home = Position {
            latitude: -70.0 + 0.14 * f64::from(number),
            longitude: dice.roll() * 350.0 - 175.0,
        };
        let (mut places, mut cut) = (Places::default(), Vec::new());
        let mut drawn = Vec::new();
        for _ in 0..SHARES {
            let track = track(home, &mut dice);
            places.cover(&ends(&track), &mut || dice.roll());
            if drawn.is_empty() {
                drawn = places.zones();
            }
            assert_eq!(places.zones(), drawn, "drawn again");
            cut.extend(cuts(home, &track, &drawn));
        }
        let (mean_cut, middle) = (mean(&cut), middle_of_circle(&cut));
        let guesses = [
            mean_cut,
            middle,
            // Halfway between the two.
            mean(&[mean_cut, middle]),
        ];
        for (errors, guess) in errors.iter_mut().zip(guesses) {
            errors.push(guess.0.hypot(guess.1));
        }
    }
    let medians = errors.map(median);
    assert!(medians.iter().all(|metres| *metres >= 150.0), "{medians:?}");
}
