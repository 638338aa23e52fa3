//! What happened to an account's ways in: kept for a year, shown to its owner, and mailed when it
//! changed who can get in.

mod event;
mod handlers;
mod service;
pub mod store;

pub use event::{Event, EventKind};
pub use handlers::*;
pub use service::record;
