//! The security log: events about access to an account. It is kept for a year and shown to the
//! owner. The owner is notified of changes of access by mail.

mod event;
mod handlers;
mod service;
pub mod store;

pub use event::{Event, EventKind};
pub use handlers::*;
pub use service::record;
