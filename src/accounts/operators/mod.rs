//! What operators can see of accounts and do to them on the command line.

mod service;
mod store;

pub use service::{create, delete, end_sessions, grant_reset, lock, unlock};
pub use store::{Overview, find, list};
