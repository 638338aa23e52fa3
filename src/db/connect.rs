//! Opens connections, in the same way for pools, point reads, the listener and migrations.

use std::{
    future::poll_fn,
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
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio_postgres::{
    AsyncMessage, Client, Connection, Notification, SimpleQueryMessage, config::TargetSessionAttrs,
};

use super::{
    hosts::{Host, each_host},
    session, tls,
    trust::Trust,
    wire::{self, Coded, Encryption, Opened},
};
use crate::config::{DatabaseConfig, DatabaseUrl, SslMode};

/// The configuration is invalid. Found before the first connection is opened.
#[derive(Debug, Display)]
#[display("{name}: {problem}")]
pub struct ConnectError {
    /// The name of the invalid setting.
    pub name: &'static str,
    pub problem: String,
}

impl std::error::Error for ConnectError {}

/// Opens connections to the configured database. Cheap to clone and safe to share between threads.
/// A connection stays on the runtime that opened it.
#[derive(Clone)]
pub struct Connector {
    hosts: Vec<Host>,
    /// The same hosts, without our session settings.
    bare_hosts: Arc<[Host]>,
    /// The index of the host that answered last. It is tried first.
    preferred: Arc<AtomicUsize>,
    encryption: Encryption,
    wait: Duration,
    trust: Trust,
    /// Bypasses the pooler and connects to PostgreSQL itself.
    direct: Option<Arc<Connector>>,
}

impl Connector {
    /// Fails if a URL or a certificate file cannot be used.
    pub fn new(config: &DatabaseConfig) -> Result<Self, ConnectError> {
        let to = |name, url| {
            Self::to(url, config.password.as_ref(), config.wait)
                .map_err(|problem| ConnectError { name, problem })
        };
        let pooled = to("DATABASE_URL", &config.server)?;
        let Some(direct) = &config.direct else { return Ok(pooled.with_our_settings()) };
        let direct = to("DATABASE_DIRECT_URL", direct)?.with_our_settings();
        // Trust lost on a direct connection also applies to connections through the pooler.
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
        let hosts = each_host(&all)?;
        let encryption = match config.ssl_mode {
            SslMode::Disable => Encryption::None,
            SslMode::Prefer => Encryption::Preferred(tls::unverified()?),
            SslMode::Require => Encryption::Required(tls::unverified()?),
            SslMode::VerifyFull => {
                Encryption::Required(tls::verified(config.ssl_root_cert.as_deref())?)
            }
        };
        let (preferred, trust) = Default::default();
        let bare_hosts = hosts.iter().cloned().map(Host::taking_any_session).collect();
        Ok(Self { hosts, bare_hosts, preferred, encryption, wait, trust, direct: None })
    }

    /// The URL's own options come later and take precedence. Options that must not be overridden
    /// are refused at startup.
    fn with_our_settings(mut self) -> Self {
        for Host { driver, .. } in &mut self.hosts {
            let options = driver.get_options().unwrap_or_default();
            driver.options(format!("{} {options}", session::options()).trim_end());
        }
        self
    }

    /// The same database, but PostgreSQL cancels statements that take longer than `limit`.
    pub fn with_statement_timeout(self, limit: Duration) -> Self {
        let limit = limit.as_millis().to_string();
        self.with_setting("statement_timeout", &limit)
            .with_setting("idle_in_transaction_session_timeout", &limit)
    }

    /// The same database, but each statement is planned once, independent of its parameters. For
    /// statements that have only one good plan. By default, PostgreSQL would plan a `LIMIT $1`
    /// again at each execution, because it assumes that an unknown limit is a tenth of all rows.
    pub fn with_generic_plans(self) -> Self {
        self.with_setting("plan_cache_mode", "force_generic_plan")
    }

    /// Sets a session parameter at startup. Does nothing if a pooler opens the connections: there,
    /// the settings of roles apply.
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

    /// For uses that need a session of PostgreSQL itself: LISTEN, and locks held between
    /// transactions.
    pub fn direct(&self) -> &Self {
        self.direct.as_deref().unwrap_or(self)
    }

    /// Whether requests use connections through a pooler.
    pub fn is_pooled(&self) -> bool {
        self.direct.is_some()
    }

    /// The timeout for opening a connection.
    pub fn wait(&self) -> Duration {
        self.wait
    }

    /// Whether connections that were opened earlier may still be used.
    pub fn trust(&self) -> &Trust {
        &self.trust
    }

    /// Opens a connection to the first host that accepts writes. Its driver task runs on the
    /// current runtime.
    pub async fn connect(&self) -> ConnectionResult<AsyncPgConnection> {
        self.open(&self.hosts, None).await
    }

    /// Opens a connection without our settings, also to a server that refuses writes. It is used to
    /// find out why no other connection can be opened.
    pub async fn connect_bare(&self) -> ConnectionResult<AsyncPgConnection> {
        self.open(&self.bare_hosts, None).await
    }

    /// Opens a connection and returns its notifications. The listener itself must detect that the
    /// connection is dead.
    pub async fn connect_to_listen(
        &self,
    ) -> ConnectionResult<(AsyncPgConnection, UnboundedReceiver<Notification>)> {
        let (heard, notifications) = mpsc::unbounded_channel();
        let conn = self.open(&self.hosts, Some(heard)).await?;
        Ok((conn, notifications))
    }

    async fn open(
        &self,
        hosts: &[Host],
        heard: Option<Heard>,
    ) -> ConnectionResult<AsyncPgConnection> {
        let (began, first) = (Instant::now(), self.preferred.load(Relaxed));
        let count = hosts.len();
        let wait = self.wait / u32::try_from(count).unwrap_or(u32::MAX);
        let mut refusals = Vec::new();
        for (number, host) in hosts.iter().enumerate().cycle().skip(first).take(count) {
            let cause = match tokio::time::timeout(wait, self.open_to(host, heard.clone())).await {
                Ok(Ok(connection)) => {
                    // Another server accepts writes now. The previous one may never answer again.
                    if self.preferred.swap(number, Relaxed) != number {
                        self.trust.break_off(began);
                    }
                    return Ok(connection);
                }
                Ok(Err(cause)) => cause,
                Err(_) => format!("no response within {wait:?}"),
            };
            refusals.push(if count == 1 { cause } else { format!("{host}: {cause}") });
        }
        Err(ConnectionError::BadConnection(refusals.join("; ")))
    }

    async fn open_to(
        &self,
        host: &Host,
        heard: Option<Heard>,
    ) -> Result<AsyncPgConnection, String> {
        let stream = wire::open(host, &self.encryption).await?;
        let (client, mut connection) =
            host.driver.connect_raw(stream, Opened).await.map_err(reason)?;
        if host.driver.get_target_session_attrs() == TargetSessionAttrs::ReadWrite {
            takes_writes(&client, &mut connection).await?;
        }
        self.drive(connection, heard);
        let opened = AsyncPgConnection::try_from(client).await;
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

    /// Starts a task that drives a connection until the connection ends or is broken off. Requests
    /// that wait for an answer then fail.
    fn drive(&self, mut connection: Connection<Coded, Coded>, heard: Option<Heard>) {
        let Some(heard) = heard else {
            let (trust, opened) = (self.trust.clone(), Instant::now());
            tokio::spawn(async move {
                tokio::select! {
                    _ = connection => {}
                    () = trust.broken_off(opened) => {}
                }
            });
            return;
        };
        tokio::spawn(async move {
            while let Some(Ok(message)) = poll_fn(|cx| connection.poll_message(cx)).await {
                if let AsyncMessage::Notification(notification) = message {
                    // Fails if the listener is gone, which also ends the connection.
                    let _ = heard.send(notification);
                }
            }
        });
    }
}

/// Receives the notifications of a connection.
type Heard = UnboundedSender<Notification>;

/// Fails on a standby.
async fn takes_writes(
    client: &Client,
    connection: &mut Connection<Coded, Coded>,
) -> Result<(), String> {
    let answer = tokio::select! {
        answer = client.simple_query("SHOW transaction_read_only") => answer.map_err(reason)?,
        ended = connection => {
            return Err(ended.err().map_or_else(|| "the connection was closed".to_owned(), reason));
        }
    };
    let is_on = |message: &SimpleQueryMessage| match message {
        SimpleQueryMessage::Row(row) => row.get(0) == Some("on"),
        _ => false,
    };
    if answer.iter().any(is_on) {
        return Err("error connecting to server: database does not allow writes".to_owned());
    }
    Ok(())
}

/// Adds the error's source: the driver's own message says only what failed, not why.
fn reason(error: tokio_postgres::Error) -> String {
    let cause = std::error::Error::source(&error).map(|source| format!("{error}: {source}"));
    cause.unwrap_or_else(|| error.to_string())
}
