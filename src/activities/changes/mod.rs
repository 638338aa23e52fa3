//! `/activities/changes`: the feed that keeps a copy of the log up to date.

mod bell;
mod handlers;
mod position;
mod service;
pub mod store;
mod types;

pub use bell::Bell;
pub use handlers::*;
