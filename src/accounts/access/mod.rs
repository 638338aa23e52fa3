//! Changes of who can get in: password, address, and the end of the account. Each wants proof that it
//! is still the owner who asks.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::delete;
