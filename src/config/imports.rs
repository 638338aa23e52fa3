//! Imports of activity files: limits, leases and storage.

use std::{path::PathBuf, time::Duration};

use super::{
    source::Source,
    units::{Bytes, Seconds},
};

/// Imports.
#[derive(Clone, Debug)]
pub struct ImportConfig {
    /// The maximum size of an upload.
    pub max_bytes: u64,
    /// The lease of a job. It is renewed with each file.
    pub lease: Duration,
    /// The longest interval between two polls of the runner, even without a notification.
    pub poll: Duration,
    /// The folder for original files. If absent, they are stored in the database.
    pub originals_dir: Option<PathBuf>,
    /// Uploads are rejected if less than this percentage of the folder's disk is free.
    pub min_free: u8,
    /// The CPU time for a very small import. Each MiB adds a sixth of it.
    pub cpu: Duration,
}

impl ImportConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        let originals_dir: Option<PathBuf> = s.optional("ORIGINALS_DIR");
        if originals_dir.as_ref().is_some_and(|folder| !folder.is_dir()) {
            s.fault("ORIGINALS_DIR", "is not a readable folder");
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
