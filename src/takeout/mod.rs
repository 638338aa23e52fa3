//! The way home: a zip of all that an account has, made as a job, that another server takes in as it is.
//!
//! [`mod@format`] is what both sides agree on. Made here, taken in by `imports/runner/takeout.rs`.

mod archive;
mod contents;
pub mod format;
mod handlers;
pub mod runner;
mod service;
pub mod store;
mod types;

pub use handlers::*;
