//! Logins through providers: Google, Facebook, any OpenID provider. An account can have several.

pub mod connections;
mod handlers;
pub mod respond;
mod service;
pub mod store;
mod tokens;
mod types;

pub use handlers::*;
pub use service::{Start, read_code, spend};
pub use tokens::reencrypt;
