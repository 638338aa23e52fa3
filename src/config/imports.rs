//! Files of activities: how much of them, and who works on them how long.

use std::time::Duration;

use super::{
    source::Source,
    units::{Bytes, Seconds},
};

/// Imports.
#[derive(Clone, Copy, Debug)]
pub struct ImportConfig {
    /// The most that one upload may have.
    pub max_bytes: u64,
    /// How long a job belongs to the server that works on it, from one file to the next.
    pub lease: Duration,
    /// The runner looks for jobs at least this often, woken or not.
    pub poll: Duration,
}

impl ImportConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        Self {
            max_bytes: s.or("IMPORT_MAX_BYTES", Bytes(2 << 30)).0,
            lease: s.or("IMPORT_LEASE_SECS", Seconds(60.0)).into(),
            poll: s.or("IMPORT_POLL_SECS", Seconds(5.0)).into(),
        }
    }
}
