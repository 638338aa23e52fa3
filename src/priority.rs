//! Background work that yields to requests.
//!
//! A low priority is not enough: the scheduler considers it only when it picks the next thread. A
//! thread that computes keeps the processor until its time slice of some milliseconds ends, even if
//! another thread wakes up meanwhile. Background threads therefore yield every fraction of a
//! millisecond.

use std::{
    cell::RefCell,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering::Relaxed},
    },
    thread,
    time::{Duration, Instant},
};

use rustix::{
    process::setpriority_process,
    time::{ClockId, clock_gettime},
};

/// Niceness of background threads, from 0 to 19. See `nice(2)`.
const NICENESS: i32 = 10;

/// How long a thread computes before it yields.
const TIME_SLICE: Duration = Duration::from_micros(300);

/// How long a thread sleeps when no requests arrive. The kernel's timer slack makes it about 60 µs
/// (`PR_SET_TIMERSLACK`).
const SHORT_REST: Duration = Duration::from_micros(10);

/// While requests arrive, a thread sleeps this many times as long as it computed, but at most
/// [`LONGEST_REST`].
const REST_FACTOR: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(20);

/// How long after a request the server counts as busy.
const BUSY: Duration = Duration::from_millis(20);

/// Counts the requests to a server, for the threads that yield to them.
#[derive(Clone, Debug, Default)]
pub struct Requests(Arc<AtomicU64>);

impl Requests {
    /// Counts one request.
    pub fn count_one(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// Returns the number of requests so far.
    pub fn count(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

thread_local! {
    /// The state of the current thread, if it yields to others.
    static THROTTLE: RefCell<Option<Throttle>> = const { RefCell::new(None) };
}

/// State of a background thread.
struct Throttle {
    requests: Requests,
    rested: Instant,
    /// How many requests it has seen, and when it last saw new ones.
    seen: u64,
    busy: Option<Instant>,
    /// The limit on the thread's CPU clock, and whether the thread has passed it.
    limit: Option<Duration>,
    is_spent: bool,
}

impl Throttle {
    fn yield_if_due(&mut self) {
        let worked = self.rested.elapsed();
        if worked < TIME_SLICE {
            return;
        }
        self.is_spent |= self.limit.is_some_and(|limit| worked_so_far() > limit);
        let count = self.requests.count();
        if count != self.seen {
            (self.seen, self.busy) = (count, Some(Instant::now()));
        }
        let is_busy = self.busy.is_some_and(|busy| busy.elapsed() < BUSY);
        thread::sleep(if is_busy { (worked * REST_FACTOR).min(LONGEST_REST) } else { SHORT_REST });
        self.rested = Instant::now();
    }
}

/// Lowers the priority of the current thread. An error is ignored: the thread then keeps its
/// priority.
pub fn low_priority() {
    let _ = setpriority_process(None, NICENESS);
}

/// Lowers the priority of the current thread and makes it sleep in [`yield_if_due`], longer while
/// `requests` arrive.
pub fn yield_to(requests: &Requests) {
    low_priority();
    let (requests, rested) = (requests.clone(), Instant::now());
    let seen = requests.count();
    let throttle = Throttle { requests, rested, seen, busy: None, limit: None, is_spent: false };
    THROTTLE.replace(Some(throttle));
}

/// Returns what the current thread yields to, for another thread that does a part of its work.
pub fn yields_to() -> Option<Requests> {
    THROTTLE.with_borrow(|throttle| throttle.as_ref().map(|throttle| throttle.requests.clone()))
}

/// Yields if the current thread is a background thread and its time slice is over. Waiting for the
/// database counts as work. Returns at once on any other thread. Call it often in work that takes
/// milliseconds.
pub fn yield_if_due() {
    THROTTLE.with_borrow_mut(|throttle| {
        if let Some(throttle) = throttle {
            throttle.yield_if_due();
        }
    });
}

/// CPU time that the current thread has used.
fn worked_so_far() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Limits the CPU time of the current thread, which must be a background thread, to `budget` from
/// now on. The work itself must check [`is_spent`] and stop.
pub fn limit_cpu(budget: Duration) {
    THROTTLE.with_borrow_mut(|throttle| {
        if let Some(throttle) = throttle {
            throttle.limit = Some(worked_so_far() + budget);
        }
    });
}

/// Runs `work` with its own CPU budget on a thread that also does other work. The previous state of
/// the thread is restored afterwards, even if `work` panics.
pub fn within_cpu<T>(budget: Duration, work: impl FnOnce() -> T) -> T {
    struct Before(Option<Throttle>);
    impl Drop for Before {
        fn drop(&mut self) {
            THROTTLE.replace(self.0.take());
        }
    }
    let _before = Before(THROTTLE.take());
    yield_to(&Requests::default());
    limit_cpu(budget);
    work()
}

/// Returns whether the current thread has used up the budget of [`limit_cpu`]. Only
/// [`yield_if_due`] updates this.
pub fn is_spent() -> bool {
    THROTTLE.with_borrow(|throttle| throttle.as_ref().is_some_and(|throttle| throttle.is_spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_with_the_work_it_was_for() {
        within_cpu(Duration::ZERO, || {
            while !is_spent() {
                yield_if_due();
            }
        });
        assert!(!is_spent());
        assert!(within_cpu(Duration::from_secs(9), || !is_spent()));
    }
}
