//! Garmin Connect. Activities are fetched with a key that the owner created, or arrive by webhook
//! if the operator is a partner of Garmin's developer programme. Each mode has a `Provider`.
//!
//! A connection is a row. [`mod@sync`] claims one at a time, does a limited piece of work, and
//! releases it. Garmin's id of an activity is its external id, so that an activity that arrives
//! again is updated and never duplicated.

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
