//! Password hashing with argon2id, on dedicated threads behind one bounded queue.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

use prometheus::{Histogram, IntGauge};
use tokio::sync::{Semaphore, oneshot};

use super::{
    Password, PasswordHash,
    password_hash::{Memory, Verdict},
};
use crate::{
    config::HashingConfig,
    error::{ApiError, ApiResult, ErrorCode},
    priority::low_priority,
};

/// The metrics of the queue.
#[derive(Clone, Debug)]
pub struct HasherMetrics {
    /// Hashes that are queued or being computed.
    pub pending: IntGauge,
    /// Seconds from the call to its result.
    pub seconds: Histogram,
}

/// The only way to hash passwords in this process: a few low-priority threads behind a queue,
/// which `places` bounds.
pub struct Hasher {
    jobs: Sender<Job>,
    /// One permit per hash that may be queued or computed. It covers both, so that the capacity
    /// does not depend on when a thread takes its next job.
    places: Arc<Semaphore>,
    /// Verified if there is no stored hash, so that both cases take the same time.
    decoy: PasswordHash,
    metrics: HasherMetrics,
}

/// Computes a hash and sends the result, unless the receiver is gone.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

impl Hasher {
    /// Starts the threads. They end when the hasher is dropped.
    pub fn new(config: &HashingConfig, metrics: HasherMetrics) -> ApiResult<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        for number in 0..config.concurrency {
            let queue = Arc::clone(&queue);
            thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || work(&queue))
                .map_err(ApiError::internal)?;
        }
        let places = Arc::new(Semaphore::new(config.concurrency + config.queue));
        Ok(Self { jobs, places, decoy: PasswordHash::decoy()?, metrics })
    }

    /// Hashes `password`. 503 `busy` if the queue is full.
    pub async fn hash(&self, password: Password) -> ApiResult<PasswordHash> {
        self.run(move |memory| PasswordHash::compute(&password, memory)).await
    }

    /// Whether `password` matches `stored`. Takes the same time if there is no stored hash. 503
    /// `busy` if the queue is full.
    pub async fn verify(
        &self,
        password: Password,
        stored: Option<&PasswordHash>,
    ) -> ApiResult<Verdict> {
        let known = stored.is_some();
        let hash = stored.unwrap_or(&self.decoy).clone();
        let verdict = self.run(move |memory| hash.verify(&password, memory)).await?;
        Ok(if known { verdict } else { Verdict::Wrong })
    }

    async fn run<T: Send + 'static>(
        &self,
        compute: impl FnOnce(&mut Memory) -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let place = Arc::clone(&self.places)
            .try_acquire_owned()
            .map_err(|_| ApiError::new(ErrorCode::Busy, "too many logins at once; try again"))?;
        let (answer, answered) = oneshot::channel();
        let job: Job = Box::new(move |memory| {
            let computed = (!answer.is_closed()).then(|| compute(memory));
            // Free the place before sending the result, because its receiver may start
            // another hash at once.
            drop(place);
            if let Some(computed) = computed {
                // The receiver may be gone by now.
                let _ = answer.send(computed);
            }
        });
        self.jobs.send(job).map_err(|_| ApiError::internal("the hashing threads have stopped"))?;
        let _pending = Pending::count(&self.metrics.pending);
        let _timer = self.metrics.seconds.start_timer();
        answered.await.map_err(ApiError::internal)?
    }
}

/// The loop of a hashing thread, until the hasher is dropped.
fn work(queue: &Mutex<Receiver<Job>>) {
    // Requests have priority: otherwise a thread that computes for milliseconds would delay them
    // by its time slice.
    low_priority();
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        // A panic ends only this hash, whose caller gets an error, and not the thread.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
    }
}

/// Counts a hash as pending until dropped.
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
