//! What an OpenID provider says of itself: its discovery document and its keys, kept for an hour.
//! See OpenID Connect Discovery 1.0, and RFC 7517 for keys.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use jsonwebtoken::jwk::JwkSet;
use serde::Deserialize;

use super::{CallError, Outbound};

const KEPT: Duration = Duration::from_secs(3600);

/// The discovery document, as far as it is used.
#[derive(Debug, Deserialize)]
pub struct Discovery {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default)]
    pub token_endpoint_auth_methods_supported: Vec<String>,
}

/// A provider as it described itself lately.
#[derive(Debug)]
pub struct Metadata {
    pub discovery: Discovery,
    pub keys: JwkSet,
    fetched: Instant,
}

/// The metadata of one issuer, shared by all workers.
#[derive(Debug)]
pub struct MetadataCache {
    issuer: String,
    kept: Mutex<Option<Arc<Metadata>>>,
}

impl MetadataCache {
    pub fn new(issuer: String) -> Self {
        Self { issuer, kept: Mutex::new(None) }
    }

    pub async fn get(&self, outbound: &Outbound) -> Result<Arc<Metadata>, CallError> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        match kept.filter(|metadata| metadata.fetched.elapsed() < KEPT) {
            Some(metadata) => Ok(metadata),
            None => self.fetch(outbound).await,
        }
    }

    /// Asks anew: a provider that changed its keys signs with one that is not known yet.
    pub async fn fetch(&self, outbound: &Outbound) -> Result<Arc<Metadata>, CallError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        let discovery: Discovery = outbound.get(&url, None).await?;
        if discovery.issuer.trim_end_matches('/') != self.issuer {
            return Err(CallError::Garbage("another issuer than it was asked for".into()));
        }
        let keys = outbound.get(&discovery.jwks_uri, None).await?;
        let metadata = Arc::new(Metadata { discovery, keys, fetched: Instant::now() });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(&metadata));
        Ok(metadata)
    }
}
