//! Waiting for observable conditions, with a time limit.

use std::time::{Duration, Instant};

use super::Database;

/// Work that tests wait for runs on threads of low priority, while other tests keep all processors
/// busy.
const PATIENCE: Duration = Duration::from_secs(60);
/// The conditions are polled, because nothing reports that they have changed.
const EVERY: Duration = Duration::from_millis(20);

/// Polls until `holds` returns true. Panics with `what` after the time limit.
pub async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !holds().await {
        assert!(Instant::now() < deadline, "still not so: {what}");
        tokio::time::sleep(EVERY).await;
    }
}

/// Waits until `query` selects `expected`. Panics with what it selected last.
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

/// The same without a runtime: returns what `look` finds. Panics with `missing` after `patience`.
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
