//! Accounts with email address and password: registration, verification, login, reset.

mod handlers;
mod registration;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use types::{acceptable, display_name};
