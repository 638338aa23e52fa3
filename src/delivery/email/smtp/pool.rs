//! Idle connections. A connection is either in the pool or owned by an attempt. It returns to the
//! pool only after a complete dialogue: an interrupted attempt drops it.

use std::{
    cell::RefCell,
    time::{Duration, Instant},
};

use futures_util::future::join_all;

use super::Connection;

/// The idle timeout. Servers close idle connections after minutes (Postfix after five), firewalls
/// earlier.
const KEPT_FOR: Duration = Duration::from_secs(30);
/// The maximum number of messages per connection. Servers have such limits and report errors beyond
/// them.
const MOST_MAILS: u32 = 100;

/// The idle connections, most recently used last.
#[derive(Default)]
pub struct Pool(RefCell<Vec<(Connection, Instant)>>);

impl Pool {
    /// Takes the most recently used connection, if it is still usable.
    pub async fn take(&self) -> Option<Connection> {
        let (mut connection, since) = self.0.borrow_mut().pop()?;
        if connection.is_ready(since.elapsed()).await {
            return Some(connection);
        }
        // The others have been idle even longer.
        self.clear();
        None
    }

    /// Stores a connection whose dialogue is complete.
    pub fn put(&self, connection: Connection) {
        if connection.mails < MOST_MAILS {
            self.0.borrow_mut().push((connection, Instant::now()));
        } else {
            actix_rt::spawn(connection.quit());
        }
    }

    /// Drops all connections, because the server has closed one of them.
    pub fn clear(&self) {
        self.0.borrow_mut().clear();
    }

    /// Closes connections that have been idle for too long.
    pub fn close_idle(&self) {
        let mut idle = self.0.borrow_mut();
        let old = idle.iter().take_while(|(_, since)| since.elapsed() >= KEPT_FOR).count();
        for (connection, _) in idle.drain(..old) {
            actix_rt::spawn(connection.quit());
        }
    }

    /// Closes all connections.
    pub async fn close(&self) {
        let all = self.0.take();
        join_all(all.into_iter().map(|(connection, _)| connection.quit())).await;
    }
}
