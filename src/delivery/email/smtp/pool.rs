//! Idle connections. A connection is either in the pool or owned by an attempt, and returns only
//! after a complete dialogue: an attempt that is cut off drops it.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::Connection;

/// How long an idle connection is kept. Servers wait minutes (Postfix five), firewalls less.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// Messages that one connection carries: servers have such limits and answer them with errors.
const MOST_MAILS: u32 = 100;

/// The idle connections, most recently used last.
#[derive(Default)]
pub struct Pool(RefCell<Vec<(Connection, Instant)>>);

impl Pool {
    /// Takes the most recently used connection, if it is still alive.
    pub async fn take(&self) -> Option<Connection> {
        let (mut connection, since) = self.0.borrow_mut().pop()?;
        if connection.is_ready(since.elapsed()).await {
            return Some(connection);
        }
        // The others have been idle for longer.
        self.clear();
        None
    }

    /// Keeps a connection whose dialogue is complete.
    pub fn put(&self, connection: Connection) {
        if connection.mails < MOST_MAILS {
            self.0.borrow_mut().push((connection, Instant::now()));
        } else {
            actix_rt::spawn(connection.quit());
        }
    }

    /// Drops all connections: the server has closed one like them.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Closes what has been idle for long.
    pub fn close_idle(&self) {
        let mut idle = self.0.borrow_mut();
        let old = idle.iter().take_while(|(_, since)| since.elapsed() >= KEPT_FOR).count();
        for (connection, _) in idle.drain(..old) {
            actix_rt::spawn(connection.quit());
        }
    }

    /// Closes all.
    pub async fn close(&self) {
        let all = self.0.take();
        join_all(all.into_iter().map(|(connection, _)| connection.quit())).await;
    }
}
