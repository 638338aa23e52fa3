//! `/activities/changes`: what a copy of the log needs to be level with it again.

mod bell;
mod handlers;
mod position;
mod service;
pub mod store;
mod types;

pub use bell::Bell;
pub use handlers::*;
