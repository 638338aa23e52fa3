//! `/stats`: what the log adds up to, in days, weeks and months of the user's own zone.

pub mod days;
mod period;
pub mod records;
pub mod streaks;
pub mod summary;

pub use period::{Period, WeekStart};
