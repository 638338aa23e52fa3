//! An SMTP client (RFC 5321) that owns its connections. An interrupted attempt closes its
//! connection, because the replies still to come belong to that attempt's message.

mod connection;
mod extensions;
mod failure;
mod letter;
mod open;
mod pool;
mod reply;
mod stage;
mod tls;

use self::{connection::Connection, extensions::Extensions, open::Server, pool::Pool, tls::Tls};
pub use self::{
    failure::{Cause, Failure},
    letter::Letter,
    reply::{Enhanced, Reply},
    stage::Stage,
    tls::SmtpSetupError,
};
use crate::{
    config::{DeliveryConfig, SmtpConfig, SmtpTls},
    delivery::{lease::Lease, send_error::SendError},
};

/// A client for one thread.
pub struct SmtpClient {
    server: Server,
    pool: Pool,
}

impl SmtpClient {
    /// # Errors
    /// If the TLS settings cannot be used.
    pub fn new(config: &SmtpConfig, delivery: &DeliveryConfig) -> Result<Self, SmtpSetupError> {
        let tls = match config.tls {
            SmtpTls::None => None,
            SmtpTls::StartTls | SmtpTls::Implicit => Some(Tls::new(config)?),
        };
        let server = Server {
            host: config.host.clone(),
            port: config.port,
            mode: config.tls,
            tls,
            credentials: config.credentials.clone(),
            deadline: delivery.deadline,
        };
        Ok(Self { server, pool: Pool::default() })
    }

    /// Sends a letter, unless its lease is lost before any of the text was sent. After that, waits
    /// for the reply even if the lease is lost, because the server may have accepted the message.
    pub async fn send(&self, letter: &Letter, lease: &Lease) -> Result<Reply, SendError> {
        let mut connection = tokio::select! {
            biased;
            () = lease.lost() => return Err(SendError::LostLease),
            announced = self.announce(letter) => announced?,
        };
        let outcome = connection.transmit(letter).await;
        self.put_back(connection, outcome.as_ref().err());
        Ok(outcome?)
    }

    /// A connection on which the server waits for the letter's text. If an idle connection turns
    /// out to be closed, a new one is opened at once, and this does not count as a failed attempt.
    async fn announce(&self, letter: &Letter) -> Result<Connection, Failure> {
        if let Some(idle) = self.pool.take().await {
            match self.announce_on(idle, letter).await {
                Err(failure) if failure.is_of_an_idle_connection() => self.pool.clear(),
                announced => return announced,
            }
        }
        self.announce_on(Connection::open(&self.server).await?, letter).await
    }

    async fn announce_on(
        &self,
        mut connection: Connection,
        letter: &Letter,
    ) -> Result<Connection, Failure> {
        match connection.announce(letter).await {
            Ok(()) => Ok(connection),
            Err(failure) => {
                self.put_back(connection, Some(&failure));
                Err(failure)
            }
        }
    }

    /// Returns the connection to the pool, unless the failure made it unusable.
    fn put_back(&self, mut connection: Connection, failure: Option<&Failure>) {
        connection.needs_reset = failure.is_some();
        if failure.is_none_or(Failure::leaves_connection_usable) {
            self.pool.put(connection);
        }
    }

    /// Closes connections that have been idle for too long.
    pub fn close_idle(&self) {
        self.pool.close_idle();
    }

    /// Closes all idle connections.
    pub async fn close(&self) {
        self.pool.close().await;
    }
}
