//! `/activities`: the log itself.

mod body;
mod cursor;
mod handlers;
mod list;
mod service;
mod store;
mod types;

pub use handlers::*;
