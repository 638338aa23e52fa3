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
mod channel;
mod crew;
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
mod trial;
mod upkeep;
mod webhook;

use std::sync::Arc;

use actix_rt::Arbiter;
use tokio::sync::{mpsc, oneshot, watch};

use crate::{
    config::Config,
    credentials::ServerKey,
    db::{Connections, Connector, Pool},
};

use self::{parts::Parts, recorder::Recorder};

pub use send_error::{SendError, SendResult};
pub use status::{ActorState, Actors, DeliveryStatus};
pub use trial::send_test;
pub use upkeep::Upkeep;

/// Connections of the delivery: claims and completions are short, sends hold none.
const POOL_SIZE: usize = 4;

/// Connections of the pool, and the one that listens, which is never through a pooler.
pub(crate) const CONNECTIONS: Connections = Connections { lent: POOL_SIZE, listening: 1 };

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
