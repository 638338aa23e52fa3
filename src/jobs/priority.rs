//! Work that requests go before.
//!
//! A priority alone does not do it: the kernel looks at it when it chooses who runs next, and whoever computes keeps
//! the processor until a slice of some milliseconds is over, whoever else wakes meanwhile. Who gives it away by
//! himself every fraction of a millisecond keeps nobody waiting.

use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering::Relaxed},
    thread,
    time::{Duration, Instant},
};

use rustix::process::setpriority_process;

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

/// How many requests have come to this process.
static REQUESTS: AtomicU64 = AtomicU64::new(0);

thread_local! {
    /// Of the present thread, if it comes after others.
    static PACE: Cell<Option<Pace>> = const { Cell::new(None) };
}

/// What a thread of low priority knows when it has rested.
#[derive(Clone, Copy)]
struct Pace {
    rested: Instant,
    requests: u64,
    /// When it last saw that there were more.
    busy: Option<Instant>,
}

/// Has the present thread come after others, and rest in [`give_way`]. Where the system refuses, it only rests.
pub fn low_priority() {
    let _ = setpriority_process(None, NICENESS);
    let requests = REQUESTS.load(Relaxed);
    PACE.set(Some(Pace { rested: Instant::now(), requests, busy: None }));
}

/// Tells those who give way that there is a request.
pub fn request_came() {
    REQUESTS.fetch_add(1, Relaxed);
}

/// To be called again and again in what takes milliseconds: a thread of low priority that has worked for a while, or
/// had the database work for it, lets others go on. Any other thread does not stop.
pub fn give_way() {
    let Some(mut pace) = PACE.get() else { return };
    let worked = pace.rested.elapsed();
    if worked < TURN {
        return;
    }
    let requests = REQUESTS.load(Relaxed);
    if requests != pace.requests {
        (pace.requests, pace.busy) = (requests, Some(Instant::now()));
    }
    let is_busy = pace.busy.is_some_and(|busy| busy.elapsed() < BUSY);
    thread::sleep(if is_busy { (worked * RESTS).min(LONGEST_REST) } else { SHORT_REST });
    pace.rested = Instant::now();
    PACE.set(Some(pace));
}
