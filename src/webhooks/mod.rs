//! `/me/webhooks`: other services that are told what happens to the log.

mod handlers;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use service::{host_of, signing_keys};
