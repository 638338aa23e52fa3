//! Posting one event: https, to an address that was checked after the name was resolved, no redirects.

use std::{sync::Arc, time::Duration};

use awc::{Client, Connector, http::header};
use chrono::Utc;
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject},
};
use uuid::Uuid;

use super::{address::is_allowed, signature::sign};
use crate::config::WebhookConfig;

/// The longest that a receiver may take.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a receiver answers is not read beyond this.
const LONGEST_ANSWER: usize = 64 * 1024;

/// How long an answer may go on after its status.
const BODY_PATIENCE: Duration = Duration::from_secs(1);

/// Why an event was not posted, as its owner reads it.
pub type PostError = String;

/// A client of one arbiter.
pub struct WebhookClient {
    client: Client,
    config: WebhookConfig,
    patience: Duration,
}

impl WebhookClient {
    /// Waits no longer than most of `deadline`. Fails when the certificate file cannot be read.
    pub fn new(config: &WebhookConfig, deadline: Duration) -> Result<Self, String> {
        let mut roots = RootCertStore::from_iter(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(file) = &config.root_cert {
            let certificates = CertificateDer::pem_file_iter(file).map_err(|e| e.to_string())?;
            for certificate in certificates {
                roots.add(certificate.map_err(|e| e.to_string())?).map_err(|e| e.to_string())?;
            }
        }
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let tls = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|error| error.to_string())?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let client = Client::builder()
            .connector(Connector::new().rustls_0_23(Arc::new(tls)))
            .disable_redirects()
            .timeout(PATIENCE)
            .finish();
        Ok(Self { client, config: config.clone(), patience: PATIENCE.min(deadline.mul_f64(0.8)) })
    }

    /// The status that the receiver answered with.
    pub async fn post(
        &self,
        url: &str,
        keys: &[[u8; 32]],
        id: Uuid,
        body: Vec<u8>,
    ) -> Result<u16, PostError> {
        let posting = async {
            let url = url::Url::parse(url).map_err(|error| error.to_string())?;
            let (host, port) = url.host_str().zip(url.port_or_known_default()).ok_or("no host")?;
            let addresses = tokio::net::lookup_host((host.trim_matches(['[', ']']), port))
                .await
                .map_err(|_| no_address(host))?;
            let mut allowed =
                addresses.filter(|address| is_allowed(address.ip(), &self.config.allowed_networks));
            let address = allowed.next().ok_or_else(|| no_address(host))?;
            let (id, timestamp) = (id.to_string(), Utc::now().timestamp());
            // Connected to what was checked, whatever the name means by now; and never to what an earlier
            // name left open.
            let request = self
                .client
                .post(url.as_str())
                .address(address)
                .force_close()
                .insert_header((header::CONTENT_TYPE, "application/json"))
                .insert_header((header::USER_AGENT, "sports-log"))
                .insert_header(("webhook-signature", sign(keys, &id, timestamp, &body)))
                .insert_header(("webhook-timestamp", timestamp.to_string()))
                .insert_header(("webhook-id", id));
            let mut answer = request.send_body(body).await.map_err(|error| error.to_string())?;
            // Read, so that the receiver sees an orderly end; what it says, and whether it ends, is
            // nobody's business.
            let body = answer.body().limit(LONGEST_ANSWER);
            let _ = tokio::time::timeout(BODY_PATIENCE, body).await;
            Ok(answer.status().as_u16())
        };
        tokio::time::timeout(self.patience, posting)
            .await
            .unwrap_or_else(|_| Err("no answer in time".to_owned()))
    }
}

/// The same for a name that nobody has and one that leads inside: which of them exist is not told.
fn no_address(host: &str) -> String {
    format!("{host} leads to no public address")
}
