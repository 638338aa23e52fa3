//! `/me/webhooks`: other services that are notified of changes in the log.

mod address;
mod budget;
mod challenge;
mod client;
mod handlers;
mod service;
mod signature;
pub mod store;
mod types;

pub use address::host_of;
pub use budget::take_post;
pub use challenge::Challenger;
pub use client::WebhookClient;
pub use handlers::*;
pub use signature::signing_keys;
