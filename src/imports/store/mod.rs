//! Statements about imports: as their owners see them, what was uploaded, who works on them, outcomes.

mod chunks;
mod claims;
mod files;
mod jobs;
mod refused;

pub use chunks::{
    CHUNK_BYTES, FIRST_NESTED, Part, add_chunk, add_part, chunk, end_part, forget_nested, parts,
};
pub use claims::{
    Claimed, claim, finish, found, give_back, hold, longest_wait, postpone, start_own, unfinished,
};
pub use files::{NewFile, add_file, files, next_number};
pub use jobs::{
    NOTIFY_CHANNEL, abandon, cancel, counts, create, create_for, find, list, purge, submit,
};
pub use refused::{Refused, add_refused};
