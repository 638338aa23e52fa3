//! Account exports: a zip of everything in an account, created by a background job.
//! Another server can import it.
//!
//! [`mod@format`] is the format that both sides use. The zip is created here, and imported by
//! `imports/runner/account_export.rs`.

mod archive;
mod contents;
pub mod format;
mod handlers;
pub mod runner;
mod service;
pub mod store;
mod types;

pub use handlers::*;
