//! `/me`: the account, its profile and its preferences.

pub mod access;
mod handlers;
mod merge_patch;
pub mod operators;
pub mod phone;
pub mod service;
pub mod store;
pub mod types;

pub use handlers::*;
