//! Queries for imports: as their owners see them, uploads, claims, and outcomes.

mod arrivals;
mod chunks;
mod claims;
mod files;
mod habits;
mod jobs;

pub use arrivals::{ActivitySender, Arrival, MAX_ARRIVALS, add_arrivals};
pub use chunks::{
    CHUNK_BYTES, FIRST_NESTED, Part, add_chunk, add_part, chunk, delete_nested, end_part, parts,
    receive_chunk,
};
pub use claims::{
    ClaimedImport, claim, finish, found, give_back, hold, longest_wait, postpone, start_own,
    unfinished,
};
pub use files::{NewFile, add_file, add_files, files, next_number, refusals, with_warnings};
pub use habits::habits;
pub use jobs::{
    NOTIFY_CHANNEL, abandon, cancel, counts, create, create_for, find, ignored_files, is_receiving,
    list, message, purge, purge_stale, submit, submit_for,
};
