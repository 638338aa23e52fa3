//! Waiting for what can be observed, and not for ever.

use std::time::{Duration, Instant};

use super::Database;

const PATIENCE: Duration = Duration::from_secs(30);
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
