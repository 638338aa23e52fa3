//! Sessions: opened by a login, extended by refresh tokens, and ended.

mod handlers;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use service::{note_use, open};
