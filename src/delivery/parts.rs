//! The configuration and services that the actors of the delivery share.

use std::{sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{DeliveryStatus, SendError, SendResult, Upkeep, recorder::Recorder};
use crate::{
    config::{DeliveryConfig, MailConfig, SmsConfig, WebhookConfig},
    credentials::ServerKey,
    db::Pool,
    telemetry::DeliveryMetrics,
};

/// The configuration and services of the delivery. Moved to its thread and shared by its actors
/// there.
pub(crate) struct DeliveryContext {
    pub pool: Pool,
    /// Changes when there may be new messages.
    pub woken: watch::Receiver<()>,
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
    /// Becomes true when a stop can wait no longer.
    pub interrupted: watch::Sender<bool>,
    pub recorder: Recorder,
    pub upkeep: Arc<dyn Upkeep>,
}

/// The timeout of an attempt over HTTP, with all its requests.
const HTTP_PATIENCE: Duration = Duration::from_secs(30);

impl DeliveryContext {
    /// Runs `sending` with the timeout for HTTP, unless a stop interrupts it.
    pub async fn in_time(&self, sending: impl Future<Output = SendResult>) -> SendResult {
        let patience = HTTP_PATIENCE.min(self.config.deadline);
        self.unless_interrupted(async {
            let sent = tokio::time::timeout(patience, sending).await;
            sent.unwrap_or(Err(SendError::Timeout { code: None }))
        })
        .await
    }

    /// Runs `sending`, unless a stop interrupts it.
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
