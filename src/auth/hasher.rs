//! Password hashing with argon2id, off the async threads, behind one bounded queue.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, SyncSender, sync_channel},
    },
};

use prometheus::{Histogram, IntGauge};
use tokio::sync::oneshot;

use super::{Password, PasswordHash, password_hash::Memory};
use crate::{
    config::HashingConfig,
    error::{ApiError, ApiResult, ErrorCode},
    jobs::low_priority,
};

/// What the queue shows of itself.
#[derive(Clone, Debug)]
pub struct HasherMetrics {
    /// Requests waiting or hashing.
    pub pending: IntGauge,
    /// Seconds from asking to the answer.
    pub seconds: Histogram,
}

/// The process's only way to hash: a few threads of lower priority and a bounded queue before them.
pub struct Hasher {
    jobs: SyncSender<Job>,
    /// Verified in place of a hash that does not exist, so that both cost the same.
    decoy: PasswordHash,
    metrics: HasherMetrics,
}

/// Computes and answers, unless nobody waits for the answer any more.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

impl Hasher {
    /// Starts the threads; they end when this is dropped.
    pub fn new(config: &HashingConfig, metrics: HasherMetrics) -> ApiResult<Self> {
        let (jobs, queue) = sync_channel::<Job>(config.queue);
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..config.concurrency {
            let queue = Arc::clone(&queue);
            std::thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || work(&queue))
                .map_err(ApiError::internal)?;
        }
        Ok(Self { jobs, decoy: PasswordHash::decoy()?, metrics })
    }

    /// A new hash of `password`. 503 `busy` when the queue is full.
    pub async fn hash(&self, password: Password) -> ApiResult<PasswordHash> {
        self.run(move |memory| PasswordHash::compute(&password, memory)).await
    }

    /// Whether `password` belongs to `stored`; takes as long when there is no stored hash.
    /// 503 `busy` when the queue is full.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<&PasswordHash>,
    ) -> ApiResult<bool> {
        let known = stored.is_some();
        let hash = stored.unwrap_or(&self.decoy).clone();
        let matches = self.run(move |memory| hash.is_of(&password, memory)).await?;
        Ok(known && matches)
    }

    async fn run<T: Send + 'static>(
        &self,
        compute: impl FnOnce(&mut Memory) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            if !answer.is_closed() {
                // Whoever asked may have gone while this was computed.
                let _ = answer.send(compute(memory));
            }
        });
        self.jobs
            .try_send(job)
            .map_err(|_| ApiError::new(ErrorCode::Busy, "too many logins at once; try again"))?;
        let _pending = Pending::count(&self.metrics.pending);
        let _timer = self.metrics.seconds.start_timer();
        answered.await.map_err(ApiError::internal)?
    }
}

/// What a hashing thread does until the hasher is gone.
fn work(queue: &Mutex<Receiver<Job>>) {
    // Reads go first: a thread that computes for milliseconds on end would keep them waiting for
    // its time slice.
    low_priority();
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panic inside ends this hash, whose asker gets an error, and not the thread.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

/// One request in the queue or being computed, counted however it ends.
struct Pending<'a>(&'a IntGauge);

impl<'a> Pending<'a> {
    fn count(gauge: &'a IntGauge) -> Self {
        gauge.inc();
        Self(gauge)
    }
}

impl Drop for Pending<'_> {
    fn drop(&mut self) {
        self.0.dec();
    }
}
