//! What the delivery does besides.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::db::Pool;

/// Work of other parts that the delivery does on its connections.
pub trait Upkeep: Send + Sync {
    /// As often as the outbox is polled.
    fn look(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;

    /// Once an hour, and at the start.
    fn forget(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;
}
