//! The same activity from several sources, counted once: the first that came is shown, with what it
//! lacked taken from the others, which stand behind it until somebody takes them apart. What
//! changes of one of those is passed on by triggers (migration 20). It holds for every way in:
//! files (`imports/intake`), and what clients write (`activities/service.rs`, `activities/batch`).

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{
    Candidate, MAX_MERGED, find_one_same, find_same, has_parts, has_recording, is_full, merge,
};
pub use types::Merged;
