//! Opening one connection, the same way for pools, point reads, the listener and migrations.

use std::{fmt::Display, time::Duration};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use secrecy::ExposeSecret;
use tokio_postgres::{
    NoTls,
    config::{Host, SslMode as DriverSslMode},
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::tls;
use crate::config::{DatabaseConfig, SslMode};

/// Why no connector could be made: a fault of configuration, known before the first connection.
#[derive(Debug, derive_more::Display)]
#[display("DATABASE_URL: {_0}")]
pub struct ConnectError(String);

impl std::error::Error for ConnectError {}

/// Opens connections to the configured database. Cheap to clone; safe to share between threads,
/// while a connection stays on the runtime that opened it.
#[derive(Clone)]
pub struct Connector {
    driver: tokio_postgres::Config,
    tls: Option<MakeRustlsConnect>,
}

impl Connector {
    /// Fails when the URL or the certificate file cannot be used.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let mut driver: tokio_postgres::Config =
            config.url.expose_secret().parse().map_err(|_| ConnectError("is malformed".into()))?;
        if let Some(password) = &config.password {
            driver.password(password.expose_secret());
        }
        driver.connect_timeout(config.wait);
        // A database that vanished without a word is noticed after a minute, by listeners too.
        driver.keepalives_idle(Duration::from_secs(30));
        driver.keepalives_interval(Duration::from_secs(10));
        driver.keepalives_retries(3);
        if driver.get_application_name().is_none() {
            driver.application_name("sports-log");
        }
        // As libpq has it: a Unix socket needs no TLS, whatever sslmode says.
        let over_socket = driver.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
        let ssl_mode = if over_socket { SslMode::Disable } else { config.ssl_mode };
        driver.ssl_mode(match ssl_mode {
            SslMode::Disable => DriverSslMode::Disable,
            SslMode::Prefer => DriverSslMode::Prefer,
            SslMode::Require | SslMode::VerifyFull => DriverSslMode::Require,
        });
        let tls = match ssl_mode {
            SslMode::Disable => None,
            SslMode::Prefer | SslMode::Require => Some(tls::unverified()),
            SslMode::VerifyFull => Some(tls::verified(config.ssl_root_cert.as_deref())),
        };
        let tls = tls.transpose().map_err(ConnectError)?.map(MakeRustlsConnect::new);
        Ok(Self { driver, tls })
    }

    /// The same database, but PostgreSQL cancels any statement that takes longer than `limit`.
    pub fn with_statement_timeout(self, limit: Duration) -> Self {
        let limit = limit.as_millis();
        self.with_setting("statement_timeout", limit)
            .with_setting("idle_in_transaction_session_timeout", limit)
    }

    /// The same database, but each statement is planned once, whatever its parameters: for statements
    /// that have one good plan. PostgreSQL itself plans a `LIMIT $1` again each time, because it takes
    /// a limit that it does not know for a tenth of all rows.
    pub fn with_generic_plans(self) -> Self {
        self.with_setting("plan_cache_mode", "force_generic_plan")
    }

    fn with_setting(mut self, name: &str, value: impl Display) -> Self {
        let options = self.driver.get_options().unwrap_or_default();
        let options = format!("{options} -c {name}={value}");
        self.driver.options(options.trim_start());
        self
    }

    /// Opens a connection whose driver task lives on the current runtime.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        match &self.tls {
            None => {
                let (client, connection) = self.driver.connect(NoTls).await.map_err(refused)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            Some(tls) => {
                let (client, connection) =
                    self.driver.connect(tls.clone()).await.map_err(refused)?;
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
        }
    }
}

/// The driver's own message says only "error connecting"; its source says why.
fn refused(error: tokio_postgres::Error) -> ConnectionError {
    let cause = std::error::Error::source(&error).map(|source| format!("{error}: {source}"));
    ConnectionError::BadConnection(cause.unwrap_or_else(|| error.to_string()))
}
