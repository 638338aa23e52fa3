//! Posts an event. The address is checked after the name is resolved. Redirects are not followed.

use std::time::Duration;

use awc::http::{Method, StatusCode, header};
use tokio::time::{Instant, sleep_until, timeout_at};
use uuid::Uuid;

use super::{address::is_allowed, signature::sign};
use crate::{
    config::WebhookConfig,
    db::clock,
    outgoing::{Bounds, Failure, Outgoing, exchange},
};

/// The timeouts for the DNS lookup, and for connecting, including TLS.
const LOOKUP_PATIENCE: Duration = Duration::from_secs(2);
const CONNECT_PATIENCE: Duration = Duration::from_secs(3);

/// The timeout of a post, from connecting on.
const PATIENCE: Duration = Duration::from_secs(10);

/// The response body of an event is read only to end the exchange properly.
const BODY_PATIENCE: Duration = Duration::from_secs(1);
const BODY_BYTES: usize = 64 * 1024;

/// The same message for an unknown name, an internal address, a closed port, a silent host, and a
/// wrong certificate. Otherwise, anybody could scan networks through this server.
pub const UNREACHABLE: &str =
    "the receiver cannot be reached; check the name, address, port and certificate";

/// Why an event was not posted, as a message for its owner.
pub type PostError = String;

/// The response of a receiver.
pub struct Posted {
    pub status: StatusCode,
    /// The pause that `Retry-After` asks for.
    pub retry_after: Option<Duration>,
    /// Empty if it could not be read completely.
    pub body: Vec<u8>,
}

/// The HTTP client of one worker or arbiter.
pub struct WebhookClient {
    outgoing: Outgoing,
    config: WebhookConfig,
    bounds: Bounds,
    lookup: Duration,
    /// The exact duration of a post that finds no receiver, so that the time reveals no more
    /// than the message.
    unreachable_after: Duration,
}

impl WebhookClient {
    /// A post takes no longer than `deadline`, whatever a receiver does.
    ///
    /// # Errors
    /// If the certificate file cannot be read.
    pub fn new(config: &WebhookConfig, deadline: Duration) -> Result<Self, String> {
        let lookup = LOOKUP_PATIENCE.min(deadline.mul_f64(0.2));
        let connect = CONNECT_PATIENCE.min(deadline.mul_f64(0.5));
        let patience = PATIENCE.min(deadline.mul_f64(0.75));
        let outgoing = Outgoing::with_root_cert(config.root_cert.as_deref(), connect)?;
        let bounds = Bounds { patience, body_patience: BODY_PATIENCE, body_bytes: BODY_BYTES };
        let unreachable_after = lookup + connect;
        Ok(Self { outgoing, config: config.clone(), bounds, lookup, unreachable_after })
    }

    /// Posts `body`, signed with each of `keys`.
    ///
    /// # Errors
    /// If there is no response, of any status.
    pub async fn post(
        &self,
        url: &str,
        keys: &[[u8; 32]],
        id: Uuid,
        body: Vec<u8>,
    ) -> Result<Posted, PostError> {
        let started = Instant::now();
        let failure = match self.try_post(url, keys, id, body).await {
            Ok(posted) => return Ok(posted),
            Err(failure) => failure,
        };
        // Without TLS, an invalid response may come from something other than a web server.
        if matches!(failure, Failure::Unreachable(_)) || url.starts_with("http:") {
            sleep_until(started + self.unreachable_after).await;
            return Err(UNREACHABLE.to_owned());
        }
        Err(failure.to_string())
    }

    async fn try_post(
        &self,
        url: &str,
        keys: &[[u8; 32]],
        id: Uuid,
        body: Vec<u8>,
    ) -> Result<Posted, Failure> {
        let unreachable = || Failure::Unreachable(String::new());
        let parsed = url::Url::parse(url).map_err(|_| unreachable())?;
        let host = parsed.host_str().ok_or_else(unreachable)?.trim_matches(['[', ']']);
        let port = parsed.port_or_known_default().ok_or_else(unreachable)?;
        let looking_up = tokio::net::lookup_host((host, port));
        let addresses = timeout_at(Instant::now() + self.lookup, looking_up).await;
        let mut addresses = addresses.map_err(|_| unreachable())?.map_err(|_| unreachable())?;
        let (is_tls, inside) = (parsed.scheme() == "https", &self.config.allowed_networks);
        // Connect to the address that was checked, even if the name has changed meanwhile.
        let address = addresses.find(|found| is_allowed(found.ip(), port, is_tls, inside));
        let address = address.ok_or_else(unreachable)?;
        let (id, timestamp) = (id.to_string(), clock::now().timestamp());
        let request = self
            .outgoing
            .request(Method::POST, url)?
            .address(address)
            .insert_header((header::CONTENT_TYPE, "application/json"))
            .insert_header((header::USER_AGENT, "sports-log"))
            .insert_header(("webhook-signature", sign(keys, &id, timestamp, &body)))
            .insert_header(("webhook-timestamp", timestamp.to_string()))
            .insert_header(("webhook-id", id));
        let answer = exchange(request.send_body(body), self.bounds).await?;
        let retry_after = answer.retry_after();
        let body = answer.body.unwrap_or_default();
        Ok(Posted { status: answer.status, retry_after, body })
    }
}
