//! The whole application, as started by `serve`, `dev` and the tests.

use std::{future::Future, io, net::TcpListener, sync::Arc, time::Duration};

use actix_rt::task::JoinHandle;
use actix_web::dev::Server;
use derive_more::{Display, From};
use futures_util::future::join4;

use crate::{
    account_export,
    accounts::operators,
    activities::{changes::ChangeNotifier, efforts, originals::Storage},
    config::Config,
    db::{
        ConnectError, Connector, DatabaseError, Inspection, Notifications, clock,
        migrations::{self, MigrationError},
    },
    delivery::{self, Delivery, DeliveryStatus},
    error::{ApiError, ApiResult},
    imports,
    integrations::garmin,
    jobs::{Jobs, Stopping},
    priority::Requests,
    server::{self, DomainState},
    state::{AppState, http_connections},
    telemetry::Metrics,
    upkeep::ServerUpkeep,
};

/// How long startup waits for a database that is still starting.
const DATABASE_PATIENCE: Duration = Duration::from_secs(30);

const PURGE_LIMITS_EVERY: Duration = Duration::from_secs(60);

/// Why the application cannot start.
#[derive(Debug, Display, From)]
pub enum StartError {
    Connect(ConnectError),
    Database(DatabaseError),
    Migrations(MigrationError),
    #[display("BIND_ADDR: cannot listen: {_0}")]
    Listen(io::Error),
    Metrics(prometheus::Error),
    Keys(ApiError),
    #[display("ORIGINALS_DIR: {_0}")]
    #[from(ignore)]
    Originals(String),
}

impl std::error::Error for StartError {}

/// A running application: it serves requests and delivers messages.
pub struct Application {
    port: u16,
    server: Server,
    delivery: Delivery,
    imports: Jobs,
    garmin: Jobs,
    account_exports: Jobs,
    searching: Stopping,
    notifier: ChangeNotifier,
    shared: Arc<AppState>,
    shutdown_notice: Duration,
    tasks: [JoinHandle<()>; 2],
}

impl Application {
    /// Binds the configured address, and starts as [`Application::build_on`].
    pub async fn build(config: &Config) -> Result<Self, StartError> {
        // Bind first, so that an address in use is reported at once.
        Self::build_on(TcpListener::bind(config.server.bind_addr)?, config).await
    }

    /// Migrates the schema, then starts the workers and the delivery. Needs a running actix system.
    pub async fn build_on(listener: TcpListener, config: &Config) -> Result<Self, StartError> {
        let connector = Connector::new(&config.database)?;
        Storage::new(&config.imports).try_out().map_err(StartError::Originals)?;
        let port = listener.local_addr()?.port();
        let database = Inspection::of(&connector, DATABASE_PATIENCE).await?.fit()?;
        tracing::info!(db.version = database.version, "the database meets all requirements");
        let shortage = database.shortage(most_connections(config));
        for warning in database.warnings.iter().chain(&shortage) {
            tracing::warn!("{warning}");
        }
        for version in migrations::run(&connector, DATABASE_PATIENCE).await? {
            tracing::info!(db.migration = version, "migration applied");
        }
        if let Err(error) = look_around(&connector).await {
            tracing::warn!(
                error.cause = ?error.cause,
                "cannot compare this machine's clock with the database's"
            );
        }
        if !config.mail.is_available() {
            tracing::warn!(
                "SMTP_HOST is not set: strangers cannot register, and users cannot reset their passwords"
            );
        }
        if !config.sms.is_available() {
            tracing::warn!(
                "TWILIO_ACCOUNT_SID is not set: users cannot log in with a code by text message"
            );
        }
        if let Some(warning) = config.texts_go_anywhere() {
            tracing::warn!("{warning}");
        }
        let (metrics, requests) = (Metrics::new()?, Requests::default());
        let status = DeliveryStatus::new(config.delivery.poll);
        let mut notifications = Notifications::default();
        let notifier = ChangeNotifier::new(&mut notifications);
        let shared = AppState::new(config, connector.clone(), metrics.clone(), requests.clone())?;
        let domains = DomainState::new(config, notifier.clone(), status.clone())?;
        let imports = imports::runner::start(
            config,
            connector.clone(),
            &mut notifications,
            &metrics,
            requests.clone(),
        );
        let garmin = garmin::sync::start(config, connector.clone(), &mut notifications, &metrics);
        let account_exports =
            account_export::runner::start(config, connector.clone(), &mut notifications);
        let searching = Stopping::default();
        efforts::start(connector.clone(), searching.clone(), requests.clone());
        let upkeep = ServerUpkeep::new(config, metrics.delivery.clone());
        let delivery = Delivery::start(
            config,
            connector.clone(),
            &mut notifications,
            &metrics,
            status,
            upkeep,
        );
        let listening = actix_rt::spawn(notifications.listen(connector));
        let shared = Arc::new(shared);
        let purging = actix_rt::spawn(purge_limits(Arc::clone(&shared)));
        let server = server::start(listener, config, Arc::clone(&shared), domains)?;
        tracing::info!(addr = %config.server.bind_addr, port, workers = config.server.workers, "listening");
        Ok(Self {
            port,
            server,
            delivery,
            imports,
            garmin,
            account_exports,
            searching,
            notifier,
            shared,
            shutdown_notice: config.server.shutdown_notice,
            tasks: [listening, purging],
        })
    }

    /// The port in use. If the configuration says 0, this is the port that the system chose.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Serves until `stop` resolves, then shuts down gracefully: waits so that proxies can stop
    /// sending requests, finishes open requests and deliveries, and closes all connections.
    pub async fn run_until_stopped(self, stop: impl Future<Output = ()>) -> io::Result<()> {
        let handle = self.server.handle();
        let server = actix_rt::spawn(self.server);
        stop.await;
        tracing::info!("stopping");
        self.shared.leave();
        self.notifier.stop();
        tokio::time::sleep(self.shutdown_notice).await;
        handle.stop(true).await;
        let outcome = server.await.map_err(io::Error::other)?;
        self.searching.begins();
        join4(
            self.imports.stop(),
            self.garmin.stop(),
            self.account_exports.stop(),
            self.delivery.stop(),
        )
        .await;
        self.tasks.iter().for_each(JoinHandle::abort);
        tracing::info!("stopped");
        outcome
    }
}

/// The connection that listens for notifications. It bypasses a connection pooler.
const LISTENING: usize = 1;

/// The connection of the search for efforts in activities that an older version did not search.
const SEARCHING: usize = 1;

/// The maximum number of connections that a server opens to PostgreSQL itself.
pub fn most_connections(config: &Config) -> usize {
    if config.database.direct.is_some() {
        return LISTENING;
    }
    let parts = [
        LISTENING,
        SEARCHING,
        http_connections(config),
        delivery::CONNECTIONS,
        imports::runner::CONNECTIONS,
        garmin::sync::CONNECTIONS,
        account_export::runner::CONNECTIONS,
    ];
    parts.iter().sum()
}

/// Measures the clock before it is used for decisions, and says how to create the first account.
/// After an error, the local clock is trusted until upkeep measures again.
async fn look_around(connector: &Connector) -> ApiResult<()> {
    let conn = connector.connect().await.map_err(ApiError::database_unavailable)?;
    clock::measure(&conn).await?;
    if operators::has_none(&conn).await? {
        tracing::info!(
            "there is no account yet: create the first with `sports-log user create EMAIL --admin`"
        );
    }
    Ok(())
}

/// Periodically removes the local rate limits and allowances of inactive clients.
async fn purge_limits(shared: Arc<AppState>) {
    loop {
        tokio::time::sleep(PURGE_LIMITS_EVERY).await;
        shared.local_limits.purge();
        shared.fair_use.purge();
    }
}
