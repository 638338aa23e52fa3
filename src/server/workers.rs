//! The actix server: workers, middleware, timeouts.

use std::{io, net::TcpListener, sync::Arc, time::Duration};

use actix_web::{
    App, HttpServer,
    dev::Server,
    middleware::{Compress, Condition, from_fn},
    web::{Data, ServiceConfig},
};
use tracing_actix_web::TracingLogger;

use super::{
    RequestSpan, compression::leave_small_ones, cors::cors, docs::Document, finish::finish,
    limits::limit_address, openapi, routes::routes, web::WebClient,
};
use crate::{
    activities::{changes::ChangeNotifier, originals::Storage},
    config::{Config, WebhookConfig},
    delivery::DeliveryStatus,
    error::ApiResult,
    http::known::Known,
    pictures::Painter,
    state::{AppState, WorkerState},
    webhooks::Challenger,
};

/// How long sent data may stay unacknowledged (`TCP_USER_TIMEOUT` in tcp(7); accepted
/// sockets inherit it).
#[cfg(target_os = "linux")]
const SLOW_READER_MILLIS: u32 = 15_000;

/// State that only single modules need. Each value is passed only to the handlers of its module.
pub struct DomainState {
    notifier: Data<ChangeNotifier>,
    delivery: Data<DeliveryStatus>,
    originals: Data<Storage>,
    painter: Data<Painter>,
    web: Data<WebClient>,
    webhooks: WebhookConfig,
    deadline: Duration,
}

impl DomainState {
    /// Starts the threads that draw pictures.
    pub fn new(
        config: &Config,
        notifier: ChangeNotifier,
        delivery: DeliveryStatus,
    ) -> ApiResult<Self> {
        Ok(Self {
            notifier: Data::new(notifier),
            delivery: Data::new(delivery),
            originals: Data::new(Storage::new(&config.imports)),
            painter: Data::new(Painter::new()?),
            web: Data::new(WebClient { is_on: config.server.web_client }),
            webhooks: config.webhooks.clone(),
            deadline: config.delivery.deadline,
        })
    }

    /// Registers the state with one worker.
    fn register(&self, app: &mut ServiceConfig) {
        app.app_data(self.notifier.clone())
            .app_data(self.delivery.clone())
            .app_data(self.originals.clone())
            .app_data(self.painter.clone())
            .app_data(self.web.clone())
            .app_data(Data::new(Challenger::new(&self.webhooks, self.deadline)));
    }
}

/// Starts the workers on `listener`. The server is stopped through its handle. It handles no
/// signals: those belong to the command that runs it.
pub fn start(
    listener: TcpListener,
    config: &Config,
    shared: Arc<AppState>,
    domains: DomainState,
) -> io::Result<Server> {
    // Close the connection of a client that stops reading. actix has no timeout for writes.
    #[cfg(target_os = "linux")]
    rustix::net::sockopt::set_tcp_user_timeout(&listener, SLOW_READER_MILLIS)?;
    let metrics = shared.metrics.http_middleware()?;
    let (origins, domains) = (config.server.cors_origins.clone(), Arc::new(domains));
    let server = HttpServer::new(move || {
        App::new()
            .app_data(Data::new(WorkerState::new(Arc::clone(&shared))))
            .configure(|app| domains.register(app))
            .app_data(Data::new(Known(&openapi::OPERATIONS)))
            .app_data(Data::new(Document(&openapi::JSON)))
            .configure(|app| {
                for endpoint in routes() {
                    app.service(endpoint);
                }
            })
            .wrap(from_fn(limit_address))
            .wrap(from_fn(leave_small_ones))
            .wrap(Compress::default())
            .wrap(Condition::new(!origins.is_empty(), cors(&origins)))
            .wrap(from_fn(finish))
            .wrap(metrics.clone())
            .wrap(TracingLogger::<RequestSpan>::new())
    })
    .workers(config.server.workers)
    // Otherwise, a response may wait 40 ms for the client's delayed ACK.
    .tcp_nodelay(true)
    .client_request_timeout(Duration::from_secs(10))
    .client_disconnect_timeout(Duration::from_secs(2))
    .keep_alive(Duration::from_secs(75))
    .shutdown_timeout(10)
    .disable_signals()
    .listen(listener)?;
    Ok(server.run())
}
