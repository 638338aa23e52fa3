//! Sessions: what a login opens, what its refresh token keeps alive, and what ends it.

mod handlers;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use service::{note_use, open};
