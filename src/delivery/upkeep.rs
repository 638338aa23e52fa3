//! What the delivery does besides.

use std::sync::Arc;

use futures_util::future::LocalBoxFuture;

use crate::db::Pool;

/// What the delivery does besides on its connections, for whoever starts it.
pub trait Upkeep: Send + Sync {
    /// As often as the outbox is polled.
    fn look(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;

    /// Once an hour, and at the start.
    fn forget(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;
}
