//! `/me`: what an account says of itself.

pub mod access;
mod handlers;
mod merge_patch;
pub mod operators;
pub mod phone;
pub mod service;
pub mod store;
pub mod types;

pub use handlers::*;
