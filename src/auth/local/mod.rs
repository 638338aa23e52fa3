//! Accounts by address and password: register, confirm, log in, reset.

mod handlers;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use types::{acceptable, display_name};
