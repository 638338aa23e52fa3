//! `/stats/streaks`: how many days, or weeks, in a row there was an activity.

mod handlers;
mod rows;

pub use handlers::*;
