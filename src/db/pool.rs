//! The deadpool pool that each worker (and the delivery) owns.

use std::time::Duration;

use deadpool::managed::{Hook, HookError, TimeoutType};
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool as Deadpool, PoolError},
    },
};
use futures_util::FutureExt;

use super::Connector;
use crate::error::{ApiError, ApiResult, ErrorCode};

/// A connection on loan; it goes back when dropped.
pub type PooledConnection = Object<AsyncPgConnection>;

/// A bounded pool for one runtime: connections are opened on first use.
#[derive(Clone)]
pub struct Pool(Deadpool<AsyncPgConnection>);

impl Pool {
    /// A pool of at most `size` connections, waiting at most `wait` for one that is taken; the connector bounds how
    /// long it takes to open one.
    pub fn new(connector: Connector, size: usize, wait: Duration) -> Self {
        let trust = connector.trust().clone();
        let mut config = ManagerConfig::default();
        // A closed connection is seen without a round trip; a test query doubles the cost of a read.
        config.recycling_method = RecyclingMethod::Fast;
        config.custom_setup = Box::new(move |_url| {
            let connector = connector.clone();
            async move { connector.connect().await }.boxed()
        });
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let pool = Deadpool::builder(manager)
            .max_size(size)
            .pre_recycle(Hook::sync_fn(move |_, metrics| {
                let is_trusted = trust.is_in(metrics.created);
                is_trusted.then_some(()).ok_or(HookError::message("the server may be a standby"))
            }))
            .runtime(deadpool::Runtime::Tokio1)
            .wait_timeout(Some(wait))
            .recycle_timeout(Some(wait))
            .build();
        match pool {
            Ok(pool) => Self(pool),
            // Only a time-out without a runtime makes deadpool refuse, and the runtime is given above.
            Err(error) => unreachable!("{error}"),
        }
    }

    /// A connection, or 503: `busy` when all are taken, `database_unavailable` when none can be opened.
    pub async fn get(&self) -> ApiResult<PooledConnection> {
        // Large, since it may open one: else each request would carry the room for it.
        Box::pin(self.0.get()).await.map_err(|error| match error {
            PoolError::Timeout(TimeoutType::Wait) => ApiError {
                cause: Some(error.into()),
                ..ApiError::new(ErrorCode::Busy, "too many requests at once; try again")
            },
            other => ApiError::database_unavailable(other),
        })
    }

    /// Connections open, idle, and requests waiting for one.
    pub fn status(&self) -> deadpool::managed::Status {
        self.0.status()
    }

    /// Closes idle connections and refuses new loans.
    pub fn close(&self) {
        self.0.close();
    }
}
