//! Low-priority threads for work that requests wait for and that takes milliseconds of CPU time.
//!
//! Jobs run in turn: next is the owner whose last job is longest ago, and among the jobs of one
//! owner, the asker whose last job is longest ago. Only one job per owner runs at a time, so that a
//! single client always leaves a thread to others.

use std::{
    collections::HashMap,
    io,
    net::{IpAddr, Ipv6Addr},
    panic::AssertUnwindSafe,
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::oneshot;

use super::{allowance::Client, request::Request};
use crate::{
    error::{ApiError, ApiResult},
    priority::low_priority,
};

/// Two threads even with one CPU, so that one is free for other owners' jobs.
const THREADS: usize = 2;

/// The maximum number of clients whose last turn is remembered.
const MAX_REMEMBERED: usize = 10_000;

type Work = Box<dyn FnOnce() + Send>;

/// The threads and their queue.
pub struct ThreadPool(Arc<Shared>);

#[derive(Default)]
struct Shared {
    queue: Mutex<Queue>,
    changed: Condvar,
}

#[derive(Default)]
struct Queue {
    jobs: Vec<Job>,
    /// When each client last had a turn.
    turns: HashMap<Client, u64>,
    turn: u64,
    /// The owners whose jobs are running.
    active: Vec<Client>,
    is_over: bool,
}

struct Job {
    owner: Client,
    asker: Client,
    work: Work,
}

impl ThreadPool {
    /// Starts the threads. They end when the pool is dropped.
    pub fn start(name: &str) -> io::Result<Self> {
        let shared = Arc::<Shared>::default();
        for _ in 0..THREADS {
            let shared = Arc::clone(&shared);
            std::thread::Builder::new().name(name.to_owned()).spawn(move || {
                low_priority();
                while let Some((owner, work)) = shared.next() {
                    // A panic ends only this job, whose caller gets an error, and not the thread.
                    let _ = std::panic::catch_unwind(AssertUnwindSafe(work));
                    shared.queue().active.retain(|active| *active != owner);
                    shared.changed.notify_one();
                }
            })?;
        }
        Ok(Self(shared))
    }

    /// Runs `work` and returns its result, or 500 if it panics. It does not run if the
    /// caller is gone by then.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> ApiResult<T> + Send + 'static,
    ) -> ApiResult<T> {
        let nobody = Client::Address(IpAddr::V6(Ipv6Addr::UNSPECIFIED));
        let parties = Request::current().map(|request| request.parties());
        let (owner, asker) = parties.unwrap_or((nobody, nobody));
        let (answer, answered) = oneshot::channel();
        let work = Box::new(move || {
            if !answer.is_closed() {
                // The caller may be gone by now.
                let _ = answer.send(work());
            }
        });
        self.0.queue().jobs.push(Job { owner, asker, work });
        self.0.changed.notify_one();
        answered.await.map_err(ApiError::internal)?
    }
}

impl Drop for ThreadPool {
    fn drop(&mut self) {
        self.0.queue().is_over = true;
        self.0.changed.notify_all();
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for the next job. `None` when the pool is dropped.
    fn next(&self) -> Option<(Client, Work)> {
        let mut queue = self.queue();
        loop {
            if queue.is_over {
                return None;
            }
            if let Some(next) = queue.take() {
                return Some(next);
            }
            queue = self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Queue {
    /// Takes the next job. Its owner stays active until the caller removes it.
    fn take(&mut self) -> Option<(Client, Work)> {
        let last = |client| self.turns.get(client).copied().unwrap_or(0);
        let waiting = self.jobs.iter().enumerate();
        let waiting = waiting.filter(|(_, job)| !self.active.contains(&job.owner));
        let (at, _) = waiting.min_by_key(|(_, job)| (last(&job.owner), last(&job.asker)))?;
        let Job { owner, asker, work } = self.jobs.remove(at);
        if self.jobs.is_empty() || self.turns.len() > MAX_REMEMBERED {
            self.turns.clear();
        }
        self.turn += 1;
        self.turns.extend([(owner, self.turn), (asker, self.turn)]);
        self.active.push(owner);
        Some((owner, work))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::channel;

    use uuid::Uuid;

    use super::*;

    #[test]
    fn owners_take_turns_and_so_do_those_who_ask_for_the_same() {
        let (done, order) = channel();
        let mut queue = Queue::default();
        let mut add = |name: &'static str, owner: u128, asker: [u8; 4]| {
            let done = done.clone();
            let owner = Client::ViewersOf(Uuid::from_u128(owner));
            let work: Work = Box::new(move || done.send(name).unwrap());
            queue.jobs.push(Job { owner, asker: Client::Address(asker.into()), work });
        };
        let (busy, other) = ([198, 51, 100, 1], [198, 51, 100, 2]);
        for (name, owner, asker) in [
            ("a1", 1, busy),
            ("a2", 1, busy),
            ("a3", 1, busy),
            ("b1", 2, busy),
            ("a by another", 1, other),
            ("b2", 2, busy),
        ] {
            add(name, owner, asker);
        }
        while let Some((owner, work)) = queue.take() {
            work();
            assert_eq!(queue.active, [owner]);
            queue.active.clear();
        }
        let order: Vec<_> = order.try_iter().collect();
        assert_eq!(order, ["a1", "b1", "a by another", "b2", "a2", "a3"]);
    }

    #[test]
    fn one_job_of_an_owner_is_done_at_a_time() {
        let mut queue = Queue::default();
        let [ann, bob] = [1, 2].map(|id| Client::User(Uuid::from_u128(id)));
        for owner in [ann, ann, bob] {
            queue.jobs.push(Job { owner, asker: owner, work: Box::new(|| ()) });
        }
        assert_eq!(queue.take().map(|(owner, _)| owner), Some(ann));
        assert_eq!(queue.take().map(|(owner, _)| owner), Some(bob));
        assert!(queue.take().is_none());
        queue.active.clear();
        assert_eq!(queue.take().map(|(owner, _)| owner), Some(ann));
    }
}
