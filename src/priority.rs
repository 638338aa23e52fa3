//! Work that requests go before.
//!
//! A priority alone does not do it: the kernel looks at it when it chooses who runs next, and whoever computes keeps
//! the processor until a slice of some milliseconds is over, whoever else wakes meanwhile. Who gives it away by
//! himself every fraction of a millisecond keeps nobody waiting.

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

/// As `nice(2)` has it: from 0 to 19.
const NICENESS: i32 = 10;

/// So long one works on end.
const TURN: Duration = Duration::from_micros(300);

/// So long one rests when nobody asks anything; the kernel makes some 60 µs of it (`PR_SET_TIMERSLACK`).
const SHORT_REST: Duration = Duration::from_micros(10);

/// While requests come, one rests so many times as long as one worked, but no longer than a moment.
const RESTS: u32 = 3;
const LONGEST_REST: Duration = Duration::from_millis(20);

/// So long after a request it is taken that another one comes.
const BUSY: Duration = Duration::from_millis(20);

/// How many requests have come to a server, for its threads that give way to them.
#[derive(Clone, Debug, Default)]
pub struct Requests(Arc<AtomicU64>);

impl Requests {
    /// One more.
    pub fn came(&self) {
        self.0.fetch_add(1, Relaxed);
    }

    /// So many so far.
    pub fn count(&self) -> u64 {
        self.0.load(Relaxed)
    }
}

thread_local! {
    /// Of the present thread, if it comes after others.
    static PACE: RefCell<Option<Pace>> = const { RefCell::new(None) };
}

/// What a thread of low priority knows when it has rested.
struct Pace {
    requests: Requests,
    rested: Instant,
    /// How many requests it has seen, and when it last saw that there were more.
    seen: u64,
    busy: Option<Instant>,
    /// The limit of the thread's processor clock, and whether it has passed that.
    limit: Option<Duration>,
    is_spent: bool,
}

impl Pace {
    fn give_way(&mut self) {
        let worked = self.rested.elapsed();
        if worked < TURN {
            return;
        }
        self.is_spent |= self.limit.is_some_and(|limit| worked_so_far() > limit);
        let came = self.requests.count();
        if came != self.seen {
            (self.seen, self.busy) = (came, Some(Instant::now()));
        }
        let is_busy = self.busy.is_some_and(|busy| busy.elapsed() < BUSY);
        thread::sleep(if is_busy { (worked * RESTS).min(LONGEST_REST) } else { SHORT_REST });
        self.rested = Instant::now();
    }
}

/// Has the present thread come after others. Where the system refuses, it is merely not nice.
pub fn low_priority() {
    let _ = setpriority_process(None, NICENESS);
}

/// The same, and has it rest in [`give_way`], longer while `requests` come.
pub fn give_way_to(requests: &Requests) {
    low_priority();
    let (requests, rested) = (requests.clone(), Instant::now());
    let seen = requests.count();
    let pace = Pace { requests, rested, seen, busy: None, limit: None, is_spent: false };
    PACE.replace(Some(pace));
}

/// To be called again and again in what takes milliseconds: a thread that gives way, and has worked for a while or had the
/// database work for it, lets others go on. Any other thread does not stop.
pub fn give_way() {
    PACE.with_borrow_mut(|pace| {
        if let Some(pace) = pace {
            pace.give_way();
        }
    });
}

/// How long a processor has worked for the present thread.
fn worked_so_far() -> Duration {
    clock_gettime(ClockId::ThreadCPUTime).try_into().unwrap_or_default()
}

/// Lets the present thread, which gives way, use a processor for `budget` from now on. It is up to
/// the work to stop: see [`is_spent`].
pub fn limit_cpu(budget: Duration) {
    PACE.with_borrow_mut(|pace| {
        if let Some(pace) = pace {
            pace.limit = Some(worked_so_far() + budget);
        }
    });
}

/// Does `work` with a budget of its own on a thread that does other work, too: afterwards, also when
/// `work` panics, the thread is what it was.
pub fn within_cpu<T>(budget: Duration, work: impl FnOnce() -> T) -> T {
    struct Before(Option<Pace>);
    impl Drop for Before {
        fn drop(&mut self) {
            PACE.replace(self.0.take());
        }
    }
    let _before = Before(PACE.take());
    give_way_to(&Requests::default());
    limit_cpu(budget);
    work()
}

/// Whether the present thread has used up what [`limit_cpu`] gave it, as far as [`give_way`] has
/// seen.
pub fn is_spent() -> bool {
    PACE.with_borrow(|pace| pace.as_ref().is_some_and(|pace| pace.is_spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_ends_with_the_work_it_was_for() {
        within_cpu(Duration::ZERO, || {
            while !is_spent() {
                give_way();
            }
        });
        assert!(!is_spent());
        assert!(within_cpu(Duration::from_secs(9), || !is_spent()));
    }
}
