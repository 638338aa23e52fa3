//! Totals by day, which all statistics are made of: those that are kept, by the day in the zone of the user's
//! profile; or the activities themselves, when another zone is asked for.

mod params;
mod store;
mod types;

pub use params::{DayParams, SportParams};
pub use store::{Bucket, Group, active, by, total};
pub use types::{Days, Totals, TotalsOfDays};
