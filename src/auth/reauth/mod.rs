//! Proving once more who one is, before what is sensitive: by the password, or by a fresh code.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use service::{require, require_or_record};
pub use types::{Proof, ProofBody};
