//! The deadpool pool that each worker (and the delivery) owns.

use std::{
    ops::{Deref, DerefMut},
    sync::Arc,
    time::{Duration, Instant},
};

use deadpool::managed::{Hook, HookError, TimeoutType, Timeouts};
use diesel_async::{
    AsyncPgConnection,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool as Deadpool, PoolError},
    },
};
use futures_util::FutureExt;

use super::Connector;
use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    fair_use::{self, Lent},
};

/// A connection on loan; it goes back when dropped, and then another request of the same client may
/// have one.
pub struct PooledConnection {
    connection: Object<AsyncPgConnection>,
    _turn: Option<Arc<Lent>>,
}

impl Deref for PooledConnection {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &AsyncPgConnection {
        &self.connection
    }
}

impl DerefMut for PooledConnection {
    fn deref_mut(&mut self) -> &mut AsyncPgConnection {
        &mut self.connection
    }
}

/// A bounded pool for one runtime: connections are opened on first use.
#[derive(Clone)]
pub struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    wait: Duration,
}

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
            Ok(connections) => Self { connections, wait },
            // Only a time-out without a runtime makes deadpool refuse, and the runtime is given above.
            Err(error) => unreachable!("{error}"),
        }
    }

    /// A connection, or 503: `busy` when all are taken, `database_unavailable` when none can be opened.
    /// A request first waits until not too many others of its client hold one; 429 `rate_limited`
    /// when too many wait for that.
    pub async fn get(&self) -> ApiResult<PooledConnection> {
        // Boxed, because it may open one: each request's future would carry the room for that.
        Box::pin(async {
            let began = Instant::now();
            let turn = fair_use::connection(self.wait).await?;
            let wait = Some(self.wait.saturating_sub(began.elapsed()));
            let timeouts = Timeouts { wait, ..self.connections.timeouts() };
            match self.connections.timeout_get(&timeouts).await {
                Ok(connection) => Ok(PooledConnection { connection, _turn: turn }),
                Err(error @ PoolError::Timeout(TimeoutType::Wait)) => Err(ApiError {
                    cause: Some(error.into()),
                    ..ApiError::new(ErrorCode::Busy, "too many requests at once; try again")
                }),
                Err(other) => Err(ApiError::database_unavailable(other)),
            }
        })
        .await
    }

    /// Connections open, idle, and requests waiting for one.
    pub fn status(&self) -> deadpool::managed::Status {
        self.connections.status()
    }

    /// Closes idle connections and refuses new loans.
    pub fn close(&self) {
        self.connections.close();
    }
}
