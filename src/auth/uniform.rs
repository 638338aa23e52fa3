//! Responses that take the same time for known and unknown addresses.

use std::{future::Future, time::Duration};

/// Longer than the database work of the endpoints that use it.
const FLOOR: Duration = Duration::from_millis(100);

/// Runs `work` and returns its result no sooner than 100 ms after the start, so that the response
/// time reveals nothing.
pub async fn in_uniform_time<T>(work: impl Future<Output = T>) -> T {
    let floor = tokio::time::sleep(FLOOR);
    let outcome = work.await;
    floor.await;
    outcome
}
