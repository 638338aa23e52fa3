//! Point reads: short primary-key statements of many requests, pipelined on one connection.
//!
//! The requests of a worker share the connection and do not wait for each other's answers, which is
//! faster than a pool. A slow statement would delay all statements behind it, so slow ones use the
//! pool. Each statement is planned once per connection, because an index lookup has only one good
//! plan.

use std::{cell::RefCell, rc::Rc, time::Instant};

use diesel_async::AsyncPgConnection;
use tokio::{sync::Mutex, time::timeout};

use super::Connector;
use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
};

/// A worker's pipelined connection, which is opened on first use and reopened after it breaks.
pub struct PointReads {
    connector: Connector,
    current: RefCell<Option<(Rc<AsyncPgConnection>, Instant)>>,
    /// Held while opening, so that concurrent requests open only one connection.
    opening: Mutex<()>,
}

impl PointReads {
    pub fn new(connector: Connector) -> Self {
        let connector = connector.with_generic_plans();
        Self { connector, current: RefCell::default(), opening: Mutex::default() }
    }

    /// Runs `read` on the shared connection, and once more on a new one if the first was broken.
    /// `read` must not change anything, because it may run twice. A request waits while many others
    /// of its client read; 429 `rate_limited` if too many wait already.
    pub async fn run<T>(
        &self,
        read: impl AsyncFn(&AsyncPgConnection) -> ApiResult<T>,
    ) -> ApiResult<T> {
        let _permit = fair_use::read(self.connector.wait()).await?;
        let connection = self.connection().await?;
        match read(&connection).await {
            Err(error) if error.code == ErrorCode::DatabaseUnavailable => {
                self.discard(&connection);
                let connection = self.connection().await?;
                read(&connection).await.inspect_err(|error| {
                    if error.code == ErrorCode::DatabaseUnavailable {
                        self.discard(&connection);
                    }
                })
            }
            outcome => outcome,
        }
    }

    async fn connection(&self) -> ApiResult<Rc<AsyncPgConnection>> {
        match self.current() {
            Some(connection) => Ok(connection),
            // Boxed, because this rare, large future would otherwise be part of every request's
            // future.
            None => Box::pin(self.open()).await,
        }
    }

    async fn open(&self) -> ApiResult<Rc<AsyncPgConnection>> {
        // A request that waits for another one to open the connection has the same timeout.
        let _opening = timeout(self.connector.wait(), self.opening.lock())
            .await
            .map_err(ApiError::database_unavailable)?;
        if let Some(connection) = self.current() {
            return Ok(connection);
        }
        let connection = self.connector.connect().await.map_err(ApiError::database_unavailable)?;
        let connection = Rc::new(connection);
        self.current.replace(Some((Rc::clone(&connection), Instant::now())));
        Ok(connection)
    }

    fn current(&self) -> Option<Rc<AsyncPgConnection>> {
        let current = self.current.borrow();
        let is_trusted = |(_, opened): &&(_, Instant)| self.connector.trust().is_in(*opened);
        current.as_ref().filter(is_trusted).map(|(connection, _)| Rc::clone(connection))
    }

    /// Drops `broken`, unless another request has replaced it already.
    fn discard(&self, broken: &Rc<AsyncPgConnection>) {
        let mut current = self.current.borrow_mut();
        if current.as_ref().is_some_and(|(connection, _)| Rc::ptr_eq(connection, broken)) {
            *current = None;
        }
    }
}
