//! `/activities`: the log itself.

pub mod batch;
mod body;
pub mod changes;
mod cursor;
pub mod export;
mod handlers;
mod list;
mod service;
mod store;
mod types;

pub use handlers::*;
