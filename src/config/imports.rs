//! Files of activities: how much of them, and who works on them how long.

use std::{path::PathBuf, time::Duration};

use super::{
    source::Source,
    units::{Bytes, Seconds},
};

/// Imports.
#[derive(Clone, Debug)]
pub struct ImportConfig {
    /// The most that one upload may have.
    pub max_bytes: u64,
    /// How long a job belongs to the server that works on it, from one file to the next.
    pub lease: Duration,
    /// The runner looks for jobs at least this often, woken or not.
    pub poll: Duration,
    /// Where files are kept that activities were made of; the database without one.
    pub originals_dir: Option<PathBuf>,
    /// Uploads are refused when less of that folder's disk is free, in percent.
    pub min_free: u8,
    /// How long a processor may work on an import of hardly a byte; a sixth of it more for each
    /// mebibyte.
    pub cpu: Duration,
}

impl ImportConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let originals_dir: Option<PathBuf> = s.optional("ORIGINALS_DIR");
        if originals_dir.as_ref().is_some_and(|folder| !folder.is_dir()) {
            s.fault("ORIGINALS_DIR", "is no folder that can be read");
        }
        let min_free = s.or("ORIGINALS_MIN_FREE_PERCENT", 10);
        if min_free > 100 {
            s.fault("ORIGINALS_MIN_FREE_PERCENT", "must be 0 to 100");
        }
        Self {
            originals_dir,
            min_free,
            cpu: s.or("IMPORT_CPU_SECS", Seconds(60.0)).into(),
            max_bytes: s.or("IMPORT_MAX_BYTES", Bytes(2 << 30)).0,
            lease: s.or("IMPORT_LEASE_SECS", Seconds(60.0)).into(),
            poll: s.or("IMPORT_POLL_SECS", Seconds(5.0)).into(),
        }
    }
}
