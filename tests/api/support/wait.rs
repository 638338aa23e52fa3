//! Waiting for what can be observed, and not for ever.

use std::time::{Duration, Instant};

use super::Database;

/// Threads of low priority do the work that is waited for, beside other tests that keep all processors busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// Others change what is waited for, and tell nobody: it is looked at again and again.
const EVERY: Duration = Duration::from_millis(20);

/// Looks again and again until `holds` does; panics with `what` when patience ends.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "still not so: {what}");
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits until `query` selects `expected`; panics with what it selected last.
pub async fn until_selects(database: &Database, query: &str, expected: &str) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found = database.text(query).await;
        if found == expected {
            return;
        }
        assert!(Instant::now() < deadline, "{query}: {found} in place of {expected}");
        tokio::time::sleep(EVERY).await;
    }
}

/// The same without a runtime: what `look` finds, once it finds something; panics with `missing` when `patience` ends.
pub fn until_found<T>(
    patience: Duration,
    missing: impl Fn() -> String,
    mut look: impl FnMut() -> Option<T>,
) -> T {
    let deadline = Instant::now() + patience;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{}", missing());
        std::thread::sleep(EVERY);
    }
}
