//! `/me/goals`: what somebody wants to reach in a week, a month or a year, and how far that is.

mod handlers;
mod progress;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{MAX_GOALS, lock, restore};
pub use types::ExportedGoal;
