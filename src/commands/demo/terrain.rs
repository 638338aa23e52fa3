//! Invented terrain: loops over smooth hills that start and end at one place.

use std::f64::consts::{PI, TAU};

use chrono::{DateTime, TimeDelta, Utc};
use rand::{RngExt, rngs::StdRng};

use crate::sport::{Position, destination};

/// Start of all loops, in the fields of the Swiss plateau.
const HOME: Position = Position { latitude: 47.062, longitude: 7.562 };

/// Seconds between points.
const STEP: i64 = 10;

/// A closed loop.
#[derive(Clone, Copy)]
pub struct Loop {
    /// Approximate length.
    pub metres: f64,
    /// Shape parameter in radians, which distinguishes loops of the same length.
    pub shape: f64,
    /// Height of the hills in metres.
    pub relief: f64,
}

/// How fast and how hard a loop is covered.
#[derive(Clone, Copy)]
pub struct Effort {
    /// Speed on flat ground, in metres per second.
    pub speed: f64,
    pub heart_rate: f64,
    pub cadence: f64,
    /// Average power of a ride, in watts.
    pub watts: Option<f64>,
    /// Seconds of each hard and each easy interval.
    pub intervals: Option<i64>,
}

/// A point of the track.
pub struct Moment {
    pub time: DateTime<Utc>,
    pub position: Position,
    pub altitude: f64,
    pub heart_rate: f64,
    pub cadence: f64,
    pub watts: Option<f64>,
}

impl Loop {
    /// Distance from the centre in the direction `angle`, in metres.
    fn radius(&self, angle: f64) -> f64 {
        // The bends make the loop a fifth longer than a circle.
        let radius = self.metres / TAU / 1.2;
        let bend = |k: f64| (k * angle + k * k * self.shape).sin();
        let large = 0.22 * bend(2.0) + 0.13 * bend(3.0) + 0.06 * bend(5.0);
        radius * (1.0 + large + 0.025 * bend(11.0) + 0.011 * bend(23.0))
    }

    /// Length of the loop per radian, in metres.
    fn metres_per_radian(&self, angle: f64) -> f64 {
        let growth = (self.radius(angle + 0.001) - self.radius(angle)) / 0.001;
        self.radius(angle).hypot(growth)
    }

    fn position(&self, angle: f64) -> Position {
        let centre = destination(HOME, self.shape, self.radius(0.0));
        destination(centre, self.shape + PI + angle, self.radius(angle))
    }

    fn altitude(&self, angle: f64) -> f64 {
        let hill = |k: f64| (k * (angle + self.shape)).sin() - (k * self.shape).sin();
        490.0 + self.relief * (0.28 * hill(1.0) + 0.14 * hill(3.0) + 0.05 * hill(9.0))
    }

    /// Covers the loop once, starting at `start`.
    pub fn run(&self, effort: Effort, start: DateTime<Utc>, random: &mut StdRng) -> Vec<Moment> {
        let (mut moments, mut secs, mut angle, mut pulse) = (Vec::new(), 0, 0.0, 92.0);
        while angle < TAU {
            let climb = (self.altitude(angle + 0.001) - self.altitude(angle)) / 0.001;
            let slope = climb / self.metres_per_radian(angle);
            let is_hard = effort.intervals.is_some_and(|each| secs / each % 2 == 1);
            let push = if is_hard { 1.22 } else { 1.0 };
            let wanted = effort.heart_rate * (0.5 + 0.5 * push) + 160.0 * slope.clamp(-0.06, 0.1);
            // The heart rate follows the load with a delay, and drifts upwards.
            pulse += (wanted + secs as f64 / 900.0 - pulse) * 0.12;
            let watts = |watts: f64| watts * (1.0 + 9.0 * slope) * random.random_range(0.85..1.15);
            moments.push(Moment {
                time: start + TimeDelta::seconds(secs),
                position: self.position(angle),
                altitude: self.altitude(angle),
                heart_rate: pulse,
                cadence: effort.cadence,
                watts: effort.watts.map(watts).map(|watts| watts.max(0.0)),
            });
            let speed = effort.speed * push * (1.0 - 4.0 * slope).clamp(0.45, 1.5);
            let metres = speed * random.random_range(0.96..1.04) * STEP as f64;
            angle += metres / self.metres_per_radian(angle);
            secs += STEP;
        }
        moments
    }
}
