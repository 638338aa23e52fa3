//! `/stats/streaks`: consecutive days or weeks with an activity.

mod handlers;
mod rows;

pub use handlers::*;
