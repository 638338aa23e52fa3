//! Opening one connection, the same way for pools, point reads, the listener and migrations.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering::Relaxed},
    },
    time::{Duration, Instant},
};

use derive_more::Display;
use diesel::{
    ConnectionError, ConnectionResult,
    connection::InstrumentationEvent,
    result::{DatabaseErrorKind::ReadOnlyTransaction, Error},
};
use diesel_async::{AsyncConnection, AsyncPgConnection};
use secrecy::{ExposeSecret, SecretString};
use tokio_postgres::{
    Client, Connection, NoTls, Socket, config::SslMode as DriverSslMode, tls::TlsStream,
};
use tokio_postgres_rustls::MakeRustlsConnect;

use super::{
    hosts::{Host, each_host},
    session, tls,
    trust::Trust,
};
use crate::config::{DatabaseConfig, DatabaseUrl, SslMode};

/// Why no connector could be made: a fault of configuration, known before the first connection.
#[derive(Debug, Display)]
#[display("{name}: {problem}")]
pub struct ConnectError {
    /// The setting at fault.
    pub name: &'static str,
    pub problem: String,
}

impl std::error::Error for ConnectError {}

/// How many connections a part of a server opens at most.
#[derive(Clone, Copy, Debug)]
pub struct Connections {
    /// Those that a pooler could lend.
    pub lent: usize,
    /// Those that listen for notifications, which need a session of PostgreSQL's own.
    pub listening: usize,
}

/// Opens connections to the configured database. Cheap to clone; safe to share between threads,
/// while a connection stays on the runtime that opened it.
#[derive(Clone)]
pub struct Connector {
    hosts: Vec<Host>,
    /// The same, without our settings.
    bare_hosts: Arc<[Host]>,
    /// The host that answered last, which is asked first.
    preferred: Arc<AtomicUsize>,
    tls: Option<MakeRustlsConnect>,
    wait: Duration,
    trust: Trust,
    /// Past a pooler, to PostgreSQL itself.
    direct: Option<Arc<Connector>>,
}

impl Connector {
    /// Fails when a URL or a certificate file cannot be used.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let to = |name, url| {
            Self::to(url, config.password.as_ref(), config.wait)
                .map_err(|problem| ConnectError { name, problem })
        };
        let pooled = to("DATABASE_URL", &config.server)?;
        let Some(direct) = &config.direct else { return Ok(pooled.with_our_settings()) };
        let direct = to("DATABASE_DIRECT_URL", direct)?.with_our_settings();
        // What the direct one finds out of the servers holds for connections through the pooler, too.
        let direct = Arc::new(Self { trust: pooled.trust.clone(), ..direct });
        Ok(Self { direct: Some(direct), ..pooled })
    }

    fn to(
        config: &DatabaseUrl,
        password: Option<&SecretString>,
        wait: Duration,
    ) -> Result<Self, String> {
        let mut all: tokio_postgres::Config =
            config.url.expose_secret().parse().map_err(|_| "is malformed")?;
        if let Some(password) = password {
            all.password(password.expose_secret());
        }
        let mut hosts = each_host(&all)?;
        for host in &mut hosts {
            let is_encrypted = !host.is_unix_socket();
            host.driver.ssl_mode(match config.ssl_mode {
                SslMode::Require | SslMode::VerifyFull if is_encrypted => DriverSslMode::Require,
                SslMode::Prefer if is_encrypted => DriverSslMode::Prefer,
                _ => DriverSslMode::Disable,
            });
        }
        let tls = match config.ssl_mode {
            SslMode::Disable => None,
            SslMode::Prefer | SslMode::Require => Some(tls::unverified()),
            SslMode::VerifyFull => Some(tls::verified(config.ssl_root_cert.as_deref())),
        };
        let tls = tls.transpose()?.map(MakeRustlsConnect::new);
        let (preferred, trust) = Default::default();
        let bare_hosts = hosts.iter().cloned().map(Host::taking_any_session).collect();
        Ok(Self { hosts, bare_hosts, preferred, tls, wait, trust, direct: None })
    }

    /// The URL's own options come later and so win; those that must not are refused at the start.
    fn with_our_settings(mut self) -> Self {
        for Host { driver, .. } in &mut self.hosts {
            let options = driver.get_options().unwrap_or_default();
            driver.options(format!("{} {options}", session::options()).trim_end());
        }
        self
    }

    /// The same database, but PostgreSQL cancels any statement that takes longer than `limit`.
    pub fn with_statement_timeout(self, limit: Duration) -> Self {
        let limit = limit.as_millis().to_string();
        self.with_setting("statement_timeout", &limit)
            .with_setting("idle_in_transaction_session_timeout", &limit)
    }

    /// The same database, but each statement is planned once, whatever its parameters: for statements
    /// that have one good plan. PostgreSQL itself plans a `LIMIT $1` again each time, because it takes
    /// a limit that it does not know for a tenth of all rows.
    pub fn with_generic_plans(self) -> Self {
        self.with_setting("plan_cache_mode", "force_generic_plan")
    }

    /// Through a pooler, whose connections are opened by others, roles are set instead.
    fn with_setting(mut self, name: &str, value: &str) -> Self {
        if self.direct.is_some() {
            return self;
        }
        for Host { driver, .. } in &mut self.hosts {
            let options = driver.get_options().unwrap_or_default();
            driver.options(format!("{options} {}", session::option(name, value)).trim_start());
        }
        self
    }

    /// For what needs a session of PostgreSQL's own: to listen, and to hold a lock between transactions.
    pub fn direct(&self) -> &Self {
        self.direct.as_deref().unwrap_or(self)
    }

    /// Whether others open the connections to PostgreSQL that requests use.
    pub fn is_pooled(&self) -> bool {
        self.direct.is_some()
    }

    /// The longest that opening a connection takes.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// What is known of connections that were opened before.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Opens a connection whose driver task lives on the current runtime, to the first host that takes writes.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        self.open(&self.hosts, Hears::Nothing).await
    }

    /// The same without our settings, and whether or not the server takes writes: to find out why no
    /// other connection can be opened.
    pub async fn connect_bare(&self) -> ConnectionResult<AsyncPgConnection> {
        self.open(&self.bare_hosts, Hears::Nothing).await
    }

    /// The same, for notifications to be heard on.
    pub async fn connect_to_listen(&self) -> ConnectionResult<AsyncPgConnection> {
        self.open(&self.hosts, Hears::Notifications).await
    }

    async fn open(&self, hosts: &[Host], hears: Hears) -> ConnectionResult<AsyncPgConnection> {
        let first = self.preferred.load(Relaxed);
        let count = hosts.len();
        let wait = self.wait / u32::try_from(count).unwrap_or(u32::MAX);
        let mut refusals = Vec::new();
        for (number, host) in hosts.iter().enumerate().cycle().skip(first).take(count) {
            let cause = match tokio::time::timeout(wait, self.open_to(host, hears)).await {
                Ok(Ok(connection)) => {
                    self.preferred.store(number, Relaxed);
                    return Ok(connection);
                }
                Ok(Err(cause)) => cause,
                Err(_) => format!("no answer for {wait:?}"),
            };
            refusals.push(if count == 1 { cause } else { format!("{host}: {cause}") });
        }
        Err(ConnectionError::BadConnection(refusals.join("; ")))
    }

    async fn open_to(&self, host: &Host, hears: Hears) -> Result<AsyncPgConnection, String> {
        // As libpq has it: a Unix socket needs no TLS, whatever sslmode says.
        let tls = self.tls.clone().filter(|_| !host.is_unix_socket());
        let opened = match tls {
            None => {
                let (client, connection) = host.driver.connect(NoTls).await.map_err(reason)?;
                self.driven(client, connection, hears).await
            }
            Some(tls) => {
                let (client, connection) = host.driver.connect(tls).await.map_err(reason)?;
                self.driven(client, connection, hears).await
            }
        };
        let mut opened = opened.map_err(|error| error.to_string())?;
        let trust = self.trust.clone();
        opened.set_instrumentation(move |event: InstrumentationEvent<'_>| {
            if let InstrumentationEvent::FinishQuery { error: Some(error), .. } = event
                && matches!(error, Error::DatabaseError(ReadOnlyTransaction, _))
            {
                trust.lose(Instant::now());
            }
        });
        Ok(opened)
    }

    /// With a task that drives it until it ends, or is broken off. Whoever listens finds out for itself.
    async fn driven<S: TlsStream + Unpin + Send + 'static>(
        &self,
        client: Client,
        connection: Connection<Socket, S>,
        hears: Hears,
    ) -> ConnectionResult<AsyncPgConnection> {
        match hears {
            Hears::Notifications => {
                AsyncPgConnection::try_from_client_and_connection(client, connection).await
            }
            Hears::Nothing => {
                let (trust, opened) = (self.trust.clone(), Instant::now());
                tokio::spawn(async move {
                    tokio::select! {
                        // Whoever waits for an answer is told what happened.
                        _ = connection => {}
                        () = trust.broken_off(opened) => {}
                    }
                });
                AsyncPgConnection::try_from(client).await
            }
        }
    }
}

/// What is to be heard on a connection besides answers.
#[derive(Clone, Copy)]
enum Hears {
    Nothing,
    Notifications,
}

/// The driver's own message says only "error connecting"; its source says why.
fn reason(error: tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(&error).map(|source| format!("{error}: {source}"));
    cause.unwrap_or_else(|| error.to_string())
}
