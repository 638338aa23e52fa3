//! Answers that take the same time whether or not an address is known.

use std::{future::Future, time::Duration};

/// Longer than the database work of any of the endpoints that use it.
const FLOOR: Duration = Duration::from_millis(100);

/// Does `work` and returns its outcome no sooner than 100 ms after the start, so that the time says
/// nothing of what was found.
pub async fn in_uniform_time<T>(work: impl Future<Output = T>) -> T {
    let floor = tokio::time::sleep(FLOOR);
    let outcome = work.await;
    floor.await;
    outcome
}
