//! Garmin Connect: activities are fetched with a key that its owner made, or come by webhooks to a partner of
//! Garmin's developer programme. One `Provider` for each.
//!
//! A connection is a row; [`mod@sync`] claims one at a time, does a bounded piece of work, and gives it back. What
//! Garmin calls an activity is its external id, so that one that comes again is changed and never doubled.

mod handlers;
mod provider;
mod service;
pub mod store;
pub mod sync;
mod tokens;
mod types;
mod webhook;

pub use handlers::*;
pub use provider::calls::Calls;
pub use service::needs_reauth;
pub use tokens::reencrypt;
pub use webhook::*;
