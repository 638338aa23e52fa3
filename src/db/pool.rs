//! The connection pool (deadpool) that each worker and the delivery own.

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
    fair_use::{self, Permit},
};

/// A borrowed connection. It returns to the pool when dropped, and then another request of the same
/// client may borrow one.
pub struct PooledConnection {
    connection: Object<AsyncPgConnection>,
    _permit: Option<Arc<Permit>>,
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

/// A bounded pool for one runtime. Connections are opened on first use.
#[derive(Clone)]
pub struct Pool {
    connections: Deadpool<AsyncPgConnection>,
    wait: Duration,
}

impl Pool {
    /// A pool of at most `size` connections, in which requests wait at most `wait` for a free one.
    /// `connector` limits the time that opening one takes.
    pub fn new(connector: Connector, size: usize, wait: Duration) -> Self {
        let trust = connector.trust().clone();
        let mut config = ManagerConfig::default();
        // A closed connection is detected without a round trip. A test query would double the cost
        // of a read.
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
            // deadpool refuses only timeouts without a runtime, and the runtime is given above.
            Err(error) => unreachable!("{error}"),
        }
    }

    /// A connection. 503 `busy` if all are in use, `database_unavailable` if none can be opened. A
    /// request first waits while too many others of its client hold a connection; 429
    /// `rate_limited` if too many wait already.
    pub async fn get(&self) -> ApiResult<PooledConnection> {
        // Boxed, because opening a connection would otherwise enlarge each request's future.
        Box::pin(async {
            let began = Instant::now();
            let permit = fair_use::connection(self.wait).await?;
            let wait = Some(self.wait.saturating_sub(began.elapsed()));
            let timeouts = Timeouts { wait, ..self.connections.timeouts() };
            match self.connections.timeout_get(&timeouts).await {
                Ok(connection) => Ok(PooledConnection { connection, _permit: permit }),
                Err(error @ PoolError::Timeout(TimeoutType::Wait)) => Err(ApiError {
                    cause: Some(error.into()),
                    ..ApiError::new(ErrorCode::Busy, "too many requests at once; try again")
                }),
                Err(other) => Err(ApiError::database_unavailable(other)),
            }
        })
        .await
    }

    /// The numbers of open connections, idle connections, and waiting requests.
    pub fn status(&self) -> deadpool::managed::Status {
        self.connections.status()
    }

    /// Closes idle connections and lends no more.
    pub fn close(&self) {
        self.connections.close();
    }
}
