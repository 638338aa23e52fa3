//! Merges records of the same activity from several sources, so that it counts once. The record
//! that came first is shown. The others are merged into it: it takes the values that it lacked, and
//! those that it had computed and another record measured. A client can unmerge them. The database
//! does the merging (`migrations/programs/merging.sql`), and its triggers pass on changes of a
//! merged record. Both imported files (`imports/ingest`) and activities from clients
//! (`activities/service.rs`, `activities/batch`) are merged.

mod handlers;
mod service;
mod store;
mod types;

pub use handlers::*;
pub use store::{
    Candidate, MAX_MERGED, find_one_same, find_same, has_parts, has_recording, is_full, merge,
};
pub use types::{FIELDS, Merged};
