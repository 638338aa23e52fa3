//! How much of the machine password hashing may take.

use super::{source::Source, units::Count};

/// Bounds of the process-wide hashing queue.
#[derive(Clone, Debug)]
pub struct HashingConfig {
    /// Hashes computed at once; each takes 19 MiB and a core.
    pub concurrency: usize,
    /// Requests that may wait for their turn; more are answered 503 `busy`.
    pub queue: usize,
}

impl HashingConfig {
    pub(super) fn read(s: &mut Source) -> Self {
        // Half of the cores: the other half keeps answering reads during a storm of logins.
        let half = std::thread::available_parallelism().map_or(1, |cores| cores.get().div_ceil(2));
        Self {
            concurrency: s.or("HASH_CONCURRENCY", Count(half)).0,
            queue: s.or("HASH_QUEUE", Count(128)).0,
        }
    }
}
