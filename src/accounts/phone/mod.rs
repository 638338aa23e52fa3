//! `/me/phone`: setting and verifying the phone number, which makes it a login method.

mod handlers;
mod service;
pub mod store;

pub use handlers::*;
