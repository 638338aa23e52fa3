//! Periodic work of other parts, which the delivery runs.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::db::Pool;

/// Periodic work of other parts, which runs on the delivery's connections.
pub trait Upkeep: Send + Sync {
    /// Called as often as the outbox is polled.
    fn check(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;

    /// Called once an hour, and at startup.
    fn purge(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;
}
