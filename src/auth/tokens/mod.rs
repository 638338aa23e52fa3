//! `/me/tokens`: personal access tokens for scripts and devices, limited to scopes.

mod handlers;
mod scope;
mod service;
pub mod store;
mod types;

pub use handlers::*;
pub use scope::{ExportsAccount, ProfileScope, ReadsActivities, Scope, ScopeOf, WritesActivities};
pub use service::{authenticate, refuse};
