//! What all know of sport: its kinds, laps, sets, and geometry on Earth.

mod exercise_set;
mod geo;
mod lap;
mod table;

pub use exercise_set::ExerciseSet;
pub use geo::{EARTH_RADIUS, bearing, destination, metres_between};
pub use lap::Lap;
pub use table::{OTHER, Sport};
