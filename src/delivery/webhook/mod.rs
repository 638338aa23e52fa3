//! Posting events to other services: signed, to public addresses only.

mod actor;
mod address;
mod client;
mod signature;

pub use actor::WebhookActor;
pub use client::WebhookClient;
