//! `/me/connections`: the providers linked to an account.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::require_way_in;
pub use types::AuthorizationUrl;
