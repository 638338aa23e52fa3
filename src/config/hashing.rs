//! Resources for password hashing.

use super::{MemoryConfig, source::Source, units::Count};

/// The memory that a hashing thread uses.
pub const BYTES_OF_A_HASH: u64 = 19 << 20;

/// The default maximum of concurrent hashes on large machines: about 400 logins per second.
const MOST: usize = 8;

/// Bounds of the process-wide hashing queue.
#[derive(Clone, Debug)]
pub struct HashingConfig {
    /// Concurrent hashes. Each takes [`BYTES_OF_A_HASH`] and a core.
    pub concurrency: usize,
    /// Requests that may wait. Further ones get 503 `busy`.
    pub queue: usize,
}

impl HashingConfig {
    /// Reports a fault if hashes alone would take more than half of the memory.
    pub(super) fn read(s: &mut Source, memory: MemoryConfig) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let concurrency = s.or("HASH_CONCURRENCY", Count(fitting(cores, memory.limit))).0;
        let bytes = concurrency as u64 * BYTES_OF_A_HASH;
        if let Some(limit) = memory.limit
            && concurrency > 1
            && bytes > limit / 2
        {
            let problem = format!(
                "is too large: {concurrency} hashes at once need {} MiB, more than half of the \
                 process's memory limit of {} MiB",
                bytes >> 20,
                limit >> 20
            );
            s.fault("HASH_CONCURRENCY", problem);
        }
        Self { concurrency, queue: s.or("HASH_QUEUE", Count(128)).0 }
    }
}

/// Half of the cores, so that the other half keeps serving reads during a burst of logins. At most
/// a quarter of the memory.
fn fitting(cores: usize, limit: Option<u64>) -> usize {
    let in_memory = limit.map(|limit| limit / 4 / BYTES_OF_A_HASH);
    let in_memory = in_memory.and_then(|count| usize::try_from(count).ok()).unwrap_or(MOST);
    cores.div_ceil(2).min(MOST).min(in_memory).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_fit_the_cores_and_the_memory() {
        let mebibytes = |count: u64| Some(count << 20);
        for (cores, limit, expected) in [
            (1, None, 1),
            (2, None, 1),
            (4, None, 2),
            (64, None, 8),
            (64, mebibytes(512), 6),
            (64, mebibytes(256), 3),
            (64, mebibytes(64), 1),
            (2, mebibytes(512), 1),
            (8, mebibytes(64 * 1024), 4),
        ] {
            assert_eq!(fitting(cores, limit), expected, "{cores} cores, {limit:?}");
        }
    }
}
