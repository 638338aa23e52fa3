//! Maximum values of activities, laps and sets. The API, the file parsers and the database share
//! them.

/// A leap year.
pub const MAX_DURATION_SECS: i32 = 31_622_400;
pub const MAX_DISTANCE_METERS: f64 = 1e8;
pub const MAX_METERS_OF_ELEVATION: f64 = 1e6;
pub const MAX_CALORIES: i32 = 1_000_000;

/// Per activity.
pub const MAX_LAPS: usize = 1000;
pub const MAX_SETS: usize = 1000;

/// Maximum number of points stored per file: more than three days at one per second.
pub const MAX_POINTS: usize = 300_000;
