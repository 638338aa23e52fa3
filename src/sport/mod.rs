//! Shared sport types: kinds of sport, laps, sets and geometry on Earth.

mod exercise_set;
mod families;
mod geo;
mod lap;
mod limits;
mod table;

pub use exercise_set::ExerciseSet;
pub use families::plainly_others;
pub use geo::{EARTH_RADIUS, Position, bearing, destination, metres_between};
pub use lap::Lap;
pub use limits::{
    MAX_CALORIES, MAX_DISTANCE_METERS, MAX_DURATION_SECS, MAX_LAPS, MAX_METERS_OF_ELEVATION,
    MAX_POINTS, MAX_SETS,
};
pub use table::{OTHER, Sport};
