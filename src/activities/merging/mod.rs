//! The same activity from several sources, counted once: the first that came is shown, with what it lacked
//! taken from the others, which stand behind it until somebody takes them apart. What changes of one of those
//! is passed on by triggers (migration 20).

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{find_same, has_parts, merge};
pub use types::Merged;
