//! Accounts by address and password: register, confirm, log in, reset.

mod handlers;
mod service;
pub mod store;
mod types;

pub use handlers::{
    forgot_password, login, register, resend_verification, reset_password, verify_email,
};
pub use types::{acceptable, display_name};
