//! The same activity from several sources, counted once: the first that came is shown. What it
//! lacked, and what it had computed and another measured, is taken from the others, which stand
//! behind it until somebody takes them apart. The database does that (migration 44), and passes
//! on what changes of one of those by triggers. It holds for every way in: files
//! (`imports/intake`), and what clients write (`activities/service.rs`, `activities/batch`).

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{
    Candidate, MAX_MERGED, find_one_same, find_same, has_parts, has_recording, is_full, merge,
};
pub use types::{FIELDS, Merged};
