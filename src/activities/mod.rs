//! `/activities`: the log itself.

pub mod batch;
mod body;
pub mod changes;
mod cursor;
mod exercise_set;
pub mod export;
mod handlers;
mod lap;
mod list;
mod service;
mod store;
mod types;

pub use handlers::*;
