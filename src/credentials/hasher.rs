//! Password hashing with argon2id, off the async threads, behind one bounded queue.

use std::{
    panic::AssertUnwindSafe,
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
    time::{Duration, Instant},
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
    priority::{Requests, low_priority},
};

/// About what a request that reads costs of a core's time, the database's part included.
const REQUEST: Duration = Duration::from_micros(100);

/// After a hash, a thread rests so many times as long as the requests took that came meanwhile, or as long as it
/// computed, if that is less.
const RESTS: u32 = 3;

/// But no longer than this, so that those in the queue are not kept for long.
const LONGEST_REST: Duration = Duration::from_millis(50);

/// What the queue shows of itself.
#[derive(Clone, Debug)]
pub struct HasherMetrics {
    /// Requests waiting or hashing.
    pub pending: IntGauge,
    /// Seconds from asking to the answer.
    pub seconds: Histogram,
}

/// The process's only way to hash: a few threads of lower priority and a queue before them, which the places bound.
pub struct Hasher {
    jobs: Sender<Job>,
    /// As many as may wait and hash: when a thread takes its next job does not change how many are accepted.
    places: Arc<Semaphore>,
    /// Verified in place of a hash that does not exist, so that both cost the same.
    decoy: PasswordHash,
    metrics: HasherMetrics,
}

/// Computes and answers, unless nobody waits for the answer any more.
type Job = Box<dyn FnOnce(&mut Memory) + Send>;

impl Hasher {
    /// Starts the threads, which give way to `requests`; they end when this is dropped.
    pub fn new(
        config: &HashingConfig,
        requests: &Requests,
        metrics: HasherMetrics,
    ) -> ApiResult<Self> {
        let (jobs, queue) = channel::<Job>();
        let queue = Arc::new(Mutex::new(queue));
        let request = REQUEST.div_f64(config.concurrency as f64);
        for number in 0..config.concurrency {
            let (queue, requests) = (Arc::clone(&queue), requests.clone());
            thread::Builder::new()
                .name(format!("hasher-{number}"))
                .spawn(move || work(&queue, &requests, request))
                .map_err(ApiError::internal)?;
        }
        let places = Arc::new(Semaphore::new(config.concurrency + config.queue));
        Ok(Self { jobs, places, decoy: PasswordHash::decoy()?, metrics })
    }

    /// A new hash of `password`. 503 `busy` when the queue is full.
    pub async fn hash(&self, password: Password) -> ApiResult<PasswordHash> {
        self.run(move |memory| PasswordHash::compute(&password, memory)).await
    }

    /// Whether `password` is that of `stored`; takes as long when there is no stored hash.
    /// 503 `busy` when the queue is full.
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
            // Before the answer: who has it may ask again.
            drop(place);
            if let Some(computed) = computed {
                // Whoever asked may have gone while this was computed.
                let _ = answer.send(computed);
            }
        });
        self.jobs.send(job).map_err(|_| ApiError::internal("nobody hashes any more"))?;
        let _pending = Pending::count(&self.metrics.pending);
        let _timer = self.metrics.seconds.start_timer();
        answered.await.map_err(ApiError::internal)?
    }
}

/// What a hashing thread does until the hasher is gone. `request` is its share in the time that a request takes.
fn work(queue: &Mutex<Receiver<Job>>, requests: &Requests, request: Duration) {
    // Reads go first: a thread that computes for milliseconds on end would keep them waiting for
    // its time slice.
    low_priority();
    let mut memory = Memory::default();
    loop {
        let next = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        let (before, started) = (requests.count(), Instant::now());
        // A panic inside ends this hash, whose asker gets an error, and not the thread.
        let _ = std::panic::catch_unwind(AssertUnwindSafe(|| job(&mut memory)));
        thread::sleep(rest(started.elapsed(), requests.count() - before, request));
    }
}

/// How long to rest after a hash that took `worked`, during which so many requests `came`. Where one hash follows the
/// other, Linux now and then has another process that wants the core wait for a tenth of a second: until this one sleeps.
fn rest(worked: Duration, came: u64, request: Duration) -> Duration {
    let taken = request * u32::try_from(came).unwrap_or(u32::MAX);
    (taken.min(worked) * RESTS).min(LONGEST_REST)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rests_by_who_came_and_how_long_it_worked() {
        let millis = Duration::from_millis;
        assert_eq!(rest(millis(15), 0, REQUEST), Duration::ZERO);
        assert_eq!(rest(millis(15), 1, REQUEST), REQUEST * RESTS);
        assert_eq!(rest(millis(15), 100, REQUEST), millis(30));
        assert_eq!(rest(millis(15), 100, REQUEST / 2), millis(15));
        assert_eq!(rest(millis(15), 1000, REQUEST), millis(45));
        assert_eq!(rest(millis(70), u64::MAX, REQUEST), LONGEST_REST);
    }
}
