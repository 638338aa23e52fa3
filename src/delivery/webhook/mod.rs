//! Posting events to other services.

mod actor;

pub use actor::WebhookActor;
