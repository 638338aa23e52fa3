//! `/me/goals`: targets for a week, a month or a year, and the progress towards them.

mod handlers;
mod progress;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{MAX_GOALS, lock, restore};
pub use types::ExportedGoal;
