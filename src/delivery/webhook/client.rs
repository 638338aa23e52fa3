//! Posting one event: https, to an address that was checked after the name was resolved, no redirects.

use std::time::{Duration, Instant};

use awc::http::{Method, StatusCode, header};
use uuid::Uuid;

use super::{address::is_allowed, signature::sign};
use crate::{
    config::WebhookConfig,
    db::clock,
    outgoing::{Bounds, Failure, Outgoing, exchange},
};

/// The longest that a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// The body is read, so that the receiver sees an orderly end, but nobody needs it.
const BODY_PATIENCE: Duration = Duration::from_secs(1);
const BODY_BYTES: usize = 64 * 1024;

/// Why an event was not posted, as its owner reads it.
pub type PostError = String;

/// What a receiver answered.
pub struct Posted {
    pub status: StatusCode,
    /// The pause that it asks for.
    pub retry_after: Option<Duration>,
}

/// A client of one arbiter.
pub struct WebhookClient {
    outgoing: Outgoing,
    config: WebhookConfig,
    bounds: Bounds,
}

impl WebhookClient {
    /// Waits no longer than most of `deadline`. Fails when the certificate file cannot be read.
    pub fn new(config: &WebhookConfig, deadline: Duration) -> Result<Self, String> {
        let outgoing = Outgoing::with_root_cert(config.root_cert.as_deref())?;
        let patience = PATIENCE.min(deadline.mul_f64(0.8));
        let bounds = Bounds { patience, body_patience: BODY_PATIENCE, body_bytes: BODY_BYTES };
        Ok(Self { outgoing, config: config.clone(), bounds })
    }

    /// Posts `body`, signed with each of `keys`.
    ///
    /// # Errors
    /// When no answer came back, whatever its status.
    pub async fn post(
        &self,
        url: &str,
        keys: &[[u8; 32]],
        id: Uuid,
        body: Vec<u8>,
    ) -> Result<Posted, PostError> {
        let started = Instant::now();
        let parsed = url::Url::parse(url).map_err(|error| error.to_string())?;
        let host = parsed.host_str().ok_or("no host")?;
        let port = parsed.port_or_known_default().ok_or("no port")?;
        let looking_up = tokio::net::lookup_host((host.trim_matches(['[', ']']), port));
        let addresses = tokio::time::timeout(self.bounds.patience, looking_up)
            .await
            .map_err(|_| "no answer in time")?
            .map_err(|_| no_address(host))?;
        let mut allowed =
            addresses.filter(|address| is_allowed(address.ip(), &self.config.allowed_networks));
        // Connected to what was checked, whatever the name means by now.
        let address = allowed.next().ok_or_else(|| no_address(host))?;
        let (id, timestamp) = (id.to_string(), clock::now().timestamp());
        let explain = |failure: Failure| failure.to_string();
        let request = self
            .outgoing
            .request(Method::POST, url)
            .map_err(explain)?
            .address(address)
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::USER_AGENT, "sports-log"))
            .insert_header(("webhook-signature", sign(keys, &id, timestamp, &body)))
            .insert_header(("webhook-timestamp", timestamp.to_string()))
            .insert_header(("webhook-id", id));
        let patience = self.bounds.patience.saturating_sub(started.elapsed());
        let bounds = Bounds { patience, ..self.bounds };
        let answer = exchange(request.send_body(body), bounds).await.map_err(explain)?;
        Ok(Posted { status: answer.status, retry_after: answer.retry_after() })
    }
}

/// The same for a name that nobody has and one that leads inside: which of them exist is not told.
fn no_address(host: &str) -> String {
    format!("{host} leads to no public address")
}
