//! Grants: everything that gives others access to an account apart from sessions. Grants outlive
//! sessions, so a new password alone does not lock out an intruder.

mod service;
pub mod store;
mod types;

pub use service::end;
pub use types::{Grant, StillOpen};
