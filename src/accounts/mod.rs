//! `/me`: what an account says of itself.

pub mod access;
mod handlers;
mod merge_patch;
pub mod operators;
pub mod phone;
mod service;
mod store;
mod types;

pub use handlers::*;
