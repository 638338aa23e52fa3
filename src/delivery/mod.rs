//! The half that delivers: relay, channel actors, transports. It has a thread and a small pool
//! of its own, so that neither half can starve the other.
//!
//! Rows are the truth, actor messages are hints: an actor may die at any moment and nothing is
//! lost, because what it had claimed becomes due again when its lease runs out.
//!
//! The relay claims; `email` and `sms` are the channels; `otp` stands between the relay and both,
//! for messages that carry a code.

mod attempt;
mod breaker;
mod crew;
mod email;
mod faults;
mod lane;
mod lease;
mod mailbox;
mod otp;
mod recorder;
mod relay;
mod send_error;
mod sms;
mod status;
mod trial;
mod webhook;

use std::{sync::Arc, time::Duration};

use actix_rt::Arbiter;
use futures_util::future::LocalBoxFuture;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    config::{Config, DeliveryConfig, MailConfig, SmsConfig, WebhookConfig},
    credentials::ServerKey,
    db::{Connections, Connector, Pool},
    telemetry::DeliveryMetrics,
};

use recorder::Recorder;

pub use send_error::{SendError, SendResult};
pub use status::{ActorState, Actors, DeliveryStatus};
pub use trial::send_test;

/// Connections of the delivery: claims and completions are short, sends hold none.
const POOL_SIZE: usize = 4;

/// Connections of the pool, and the one that listens, which is never through a pooler.
pub(crate) const CONNECTIONS: Connections = Connections { lent: POOL_SIZE, listening: 1 };

/// What the delivery is made of; moved to its thread and shared by its actors there.
pub(crate) struct Parts {
    pub connector: Connector,
    pub pool: Pool,
    pub config: DeliveryConfig,
    pub mail: MailConfig,
    pub sms: SmsConfig,
    pub webhooks: WebhookConfig,
    pub base_url: String,
    /// The host of `base_url`.
    pub domain: String,
    pub product_name: String,
    pub server_key: ServerKey,
    pub metrics: DeliveryMetrics,
    pub status: DeliveryStatus,
    /// Turns true when a stop can wait no longer.
    pub interrupted: watch::Sender<bool>,
    pub recorder: Recorder,
    pub upkeep: Arc<dyn Upkeep>,
}

/// What the delivery does besides on its connections, for whoever starts it.
pub trait Upkeep: Send + Sync {
    /// As often as the outbox is polled.
    fn look(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;

    /// Once an hour, and at the start.
    fn forget(self: Arc<Self>, pool: Pool) -> LocalBoxFuture<'static, ()>;
}

/// The longest that an attempt may take which speaks HTTP, with all its requests.
const HTTP_PATIENCE: Duration = Duration::from_secs(30);

impl Parts {
    /// `sending`, for as long as an attempt over HTTP may take and unless a stop interrupts it.
    pub async fn in_time(&self, sending: impl Future<Output = SendResult>) -> SendResult {
        let patience = HTTP_PATIENCE.min(self.config.deadline);
        self.unless_interrupted(async {
            let sent = tokio::time::timeout(patience, sending).await;
            sent.unwrap_or(Err(SendError::Timeout { code: None }))
        })
        .await
    }

    /// `sending`, unless a stop interrupts it.
    pub async fn unless_interrupted(
        &self,
        sending: impl Future<Output = SendResult>,
    ) -> SendResult {
        let mut interrupted = self.interrupted.subscribe();
        tokio::select! {
            sent = sending => sent,
            _ = interrupted.wait_for(|is_interrupted| *is_interrupted) => {
                Err(SendError::Interrupted)
            }
        }
    }
}

/// The running delivery.
pub struct Delivery {
    arbiter: Arbiter,
    stop: mpsc::Sender<oneshot::Sender<()>>,
}

impl Delivery {
    /// Starts the delivery on a thread of its own. Needs a running actix system.
    pub fn start(
        config: &Config,
        connector: Connector,
        metrics: &crate::telemetry::Metrics,
        status: DeliveryStatus,
        upkeep: Arc<dyn Upkeep>,
    ) -> Self {
        let connector = connector.with_statement_timeout(config.database.statement_timeout);
        let pool = Pool::new(connector.clone(), POOL_SIZE, config.database.wait);
        metrics.watch_pool("delivery", pool.clone());
        metrics.delivery.texts_daily_limit.set(config.sms_limits.daily.unwrap_or(0).into());
        let (recorder, outcomes) = Recorder::new();
        let parts = Parts {
            connector,
            pool,
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
            actix_rt::spawn(crew::keep(parts, outcomes, stopped));
        });
        Self { arbiter, stop }
    }

    /// Claims nothing more, waits for what is in flight, gives the rest back.
    pub async fn stop(self) {
        let (done, is_done) = oneshot::channel();
        if self.stop.send(done).await.is_ok() {
            // An error means that the thread ended without an answer: there is nothing left to wait for.
            let _ = is_done.await;
        }
        self.arbiter.stop();
        let _ = tokio::task::spawn_blocking(move || self.arbiter.join()).await;
    }
}
