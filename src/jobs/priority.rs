//! Work that requests go before.

use rustix::process::setpriority_process;

/// As `nice(2)` has it: from 0 to 19.
const NICENESS: i32 = 10;

/// Has the present thread come after others. Where the system refuses, it is merely not nice.
pub fn low_priority() {
    let _ = setpriority_process(None, NICENESS);
}
