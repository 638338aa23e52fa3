//! The security log: events about access to an account. It is kept for a year, shown to the owner,
//! and the owner is mailed about changes of access.

mod event;
mod handlers;
mod service;
pub mod store;

pub use event::{Event, EventKind};
pub use handlers::*;
pub use service::record;
