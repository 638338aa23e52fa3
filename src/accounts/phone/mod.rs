//! `/me/phone`: proving that a number is one's own, which makes it a way to log in.

mod handlers;
mod service;
pub mod store;

pub use handlers::*;
