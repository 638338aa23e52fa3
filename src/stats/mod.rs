//! `/stats`: totals of the log by day, week and month in the user's time zone.

pub mod days;
mod period;
pub mod records;
pub mod streaks;
pub mod summary;

pub use period::{Period, WeekStart};
