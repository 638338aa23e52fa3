//! The ways in through providers: Google, Facebook, any OpenID provider. One account can have many.

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
