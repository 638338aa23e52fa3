//! Totals by day, the basis of all statistics. They come from the stored totals, which use the time
//! zone of the user's profile. If another zone is requested, they are computed from the activities.

mod params;
mod store;
mod types;

pub use params::{DayParams, SportParams};
pub use store::{Bucket, Group, active, by, total};
pub use types::{Days, Totals, TotalsOfDays};
