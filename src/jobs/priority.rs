//! Work that requests go before.

use rustix::process::setpriority_process;
use thread_priority::{
    NormalThreadSchedulePolicy, ThreadPriority, ThreadSchedulePolicy,
    set_thread_priority_and_policy, thread_native_id,
};

/// As `nice(2)` has it: from 0 to 19.
const NICENESS: i32 = 10;

/// Has the present thread come after others. Where the system refuses, it is merely not nice.
pub fn low_priority() {
    let _ = setpriority_process(None, NICENESS);
}

/// Has the present thread run only when no other wants to (`SCHED_IDLE`, sched(7)), which it never may take back. On a
/// machine that is busy all the time, it hardly runs at all.
pub fn idle_priority() {
    let idle = ThreadSchedulePolicy::Normal(NormalThreadSchedulePolicy::Idle);
    let priority = ThreadPriority::Min;
    if set_thread_priority_and_policy(thread_native_id(), priority, idle).is_err() {
        low_priority();
    }
}
