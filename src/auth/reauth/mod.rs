//! Re-authentication before sensitive operations, with the password or a fresh code.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::{require, require_or_record};
pub use types::{Proof, ProofBody};
