//! `/me`: what an account says of itself.

pub mod access;
mod handlers;
mod merge_patch;
pub mod operators;
pub mod phone;
mod restoring;
mod service;
mod store;
mod time_zone;
mod types;

pub use handlers::*;
pub use restoring::{check_profile, restore_profile};
pub use time_zone::TimeZone;
