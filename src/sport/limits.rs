//! The most that an activity, a lap or a set can be: of the API, of files and of the table alike.

/// A leap year.
pub const MAX_DURATION_SECS: i32 = 31_622_400;
pub const MAX_DISTANCE_METERS: f64 = 1e8;
pub const MAX_METERS_OF_ELEVATION: f64 = 1e6;
pub const MAX_CALORIES: i32 = 1_000_000;

/// Of one activity.
pub const MAX_LAPS: usize = 1000;
pub const MAX_SETS: usize = 1000;

/// The most points that are kept of one file: more than three days at one a second.
pub const MAX_POINTS: usize = 300_000;
