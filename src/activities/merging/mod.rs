//! The same activity from several sources, counted once: the first that came is shown, with what it lacked
//! taken from the others, which stand behind it until somebody takes them apart.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{find_same, merge};
pub use types::Merged;
