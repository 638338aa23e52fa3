//! The delivery of messages: relay, channel actors, transports. It has its own thread and its own
//! small pool, so that it cannot starve the HTTP server, and vice versa.
//!
//! The rows of the outbox are authoritative, and messages between actors are only hints. An actor
//! may die at any moment without losing a message, because its claims become due again when their
//! leases expire.
//!
//! The relay claims messages; `email`, `sms` and `webhook` are the channels; `otp` is between the
//! relay and the first two, for messages that contain a code.

mod attempt;
mod breaker;
mod channel;
mod email;
mod faults;
mod lane;
mod lease;
mod mailbox;
mod otp;
mod outcomes;
mod parts;
mod recorder;
mod relay;
mod send_error;
mod sms;
mod status;
mod supervisor;
mod trial;
mod upkeep;
mod webhook;

use std::sync::Arc;

use actix_rt::Arbiter;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    config::Config,
    credentials::ServerKey,
    db::{Connector, Notifications, Pool},
    outbox::store::NOTIFY_CHANNEL,
};

use self::{parts::DeliveryContext, recorder::Recorder};

pub use send_error::{SendError, SendResult};
pub use status::{ActorState, Actors, DeliveryStatus};
pub use trial::send_test;
pub use upkeep::Upkeep;

/// The size of the connection pool. Claims and completions are short, and sending needs no
/// connection.
const POOL_SIZE: usize = 4;

/// Maximum number of database connections.
pub(crate) const CONNECTIONS: usize = POOL_SIZE;

/// The running delivery.
pub struct Delivery {
    arbiter: Arbiter,
    stop: mpsc::Sender<oneshot::Sender<()>>,
}

impl Delivery {
    /// Starts the delivery on a separate thread. Needs a running actix system.
    pub fn start(
        config: &Config,
        connector: Connector,
        notifications: &mut Notifications,
        metrics: &crate::telemetry::Metrics,
        status: DeliveryStatus,
        upkeep: Arc<dyn Upkeep>,
    ) -> Self {
        let connector = connector.with_statement_timeout(config.database.statement_timeout);
        let pool = Pool::new(connector, POOL_SIZE, config.database.wait);
        metrics.watch_pool("delivery", pool.clone());
        metrics.delivery.texts_daily_limit.set(config.sms_limits.daily.unwrap_or(0).into());
        let (recorder, outcomes) = Recorder::new();
        let parts = DeliveryContext {
            pool,
            woken: notifications.wake(NOTIFY_CHANNEL),
            config: config.delivery.clone(),
            mail: config.mail.clone(),
            sms: config.sms.clone(),
            webhooks: config.webhooks.clone(),
            base_url: config.server.base_url.clone(),
            domain: config.server.domain.clone(),
            product_name: config.server.product_name.clone(),
            server_key: ServerKey::configured(&config.secrets),
            metrics: metrics.delivery.clone(),
            status,
            interrupted: watch::Sender::new(false),
            recorder,
            upkeep,
        };
        let (stop, stopped) = mpsc::channel(1);
        let arbiter = Arbiter::new();
        arbiter.spawn_fn(move || {
            actix_rt::spawn(supervisor::keep(parts, outcomes, stopped));
        });
        Self { arbiter, stop }
    }

    /// Stops claiming, waits for messages in flight, and returns the other claims.
    pub async fn stop(self) {
        let (done, is_done) = oneshot::channel();
        if self.stop.send(done).await.is_ok() {
            // An error means that the thread ended without an answer, so there is nothing left to
            // wait for.
            let _ = is_done.await;
        }
        self.arbiter.stop();
        let _ = tokio::task::spawn_blocking(move || self.arbiter.join()).await;
    }
}
