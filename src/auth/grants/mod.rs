//! What lets others see an account or get into it, besides its sessions: it outlives them, so a new
//! password alone does not shut out somebody who was in.

mod service;
pub mod store;
mod types;

pub use service::end;
pub use types::{Grant, StillOpen};
