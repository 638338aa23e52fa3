//! `/me/connections`: the providers that an account can be logged in to through.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::require_way_in;
pub use types::AuthorizationUrl;
