//! The discovery document and the keys of an OpenID provider, cached for an hour. See OpenID
//! Connect Discovery 1.0, and RFC 7517 for keys.

use std::{
    num::NonZeroU32,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use serde::Deserialize;
use url::Url;

use super::{
    CallError, Outbound,
    id_token::{lenient_bool, lenient_list},
    key_set::KeySet,
};

const KEPT: Duration = Duration::from_secs(3600);

/// Invalid tokens must not flood the provider with requests. It is asked again at most once in ten
/// seconds, with a burst of two for a provider that changes its keys twice.
const REFETCHES_PER_MINUTE: NonZeroU32 = NonZeroU32::MIN.saturating_add(5);
const REFETCHES_AT_ONCE: NonZeroU32 = NonZeroU32::MIN.saturating_add(1);

/// The members of the discovery document that are used.
#[derive(Debug, Deserialize)]
pub struct Discovery {
    pub issuer: String,
    pub authorization_endpoint: String,
    pub token_endpoint: String,
    pub userinfo_endpoint: Option<String>,
    jwks_uri: String,
    #[serde(default, deserialize_with = "lenient_list")]
    pub scopes_supported: Option<Vec<String>>,
    pub token_endpoint_auth_methods_supported: Option<Vec<String>>,
    /// Whether every authorization response contains the issuer (RFC 9207, section 3).
    #[serde(default, deserialize_with = "lenient_bool")]
    pub authorization_response_iss_parameter_supported: bool,
}

/// A provider's metadata, and when it was fetched.
#[derive(Debug)]
pub struct Metadata {
    pub discovery: Discovery,
    pub keys: KeySet,
    fetched: Instant,
}

/// The metadata of one issuer, shared by all workers.
pub struct MetadataCache {
    issuer: String,
    kept: Mutex<Option<Arc<Metadata>>>,
    refetching: tokio::sync::Mutex<()>,
    budget: DefaultDirectRateLimiter,
}

impl MetadataCache {
    pub fn new(issuer: String) -> Self {
        let quota = Quota::per_minute(REFETCHES_PER_MINUTE).allow_burst(REFETCHES_AT_ONCE);
        Self {
            issuer,
            kept: Mutex::default(),
            refetching: tokio::sync::Mutex::default(),
            budget: RateLimiter::direct(quota),
        }
    }

    pub async fn get(&self, outbound: &Outbound) -> Result<Arc<Metadata>, CallError> {
        match self.kept().filter(|metadata| metadata.fetched.elapsed() < KEPT) {
            Some(metadata) => Ok(metadata),
            None => self.fetch(outbound).await,
        }
    }

    /// Fetches metadata newer than `seen`, whose keys did not verify a token, because the
    /// provider may have changed its keys. Returns `seen` if the budget is used up. Concurrent
    /// callers share one fetch.
    pub async fn newer_than(
        &self,
        seen: &Arc<Metadata>,
        outbound: &Outbound,
    ) -> Result<Arc<Metadata>, CallError> {
        let _guard = self.refetching.lock().await;
        match self.kept() {
            Some(kept) if !Arc::ptr_eq(&kept, seen) => Ok(kept),
            _ if self.budget.check().is_err() => Ok(Arc::clone(seen)),
            _ => self.fetch(outbound).await,
        }
    }

    fn kept(&self) -> Option<Arc<Metadata>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    async fn fetch(&self, outbound: &Outbound) -> Result<Arc<Metadata>, CallError> {
        let url = format!("{}/.well-known/openid-configuration", self.issuer);
        let discovery: Discovery = outbound.get(&url, None).await?;
        discovery.check(&self.issuer)?;
        let keys = outbound.get(&discovery.jwks_uri, None).await?;
        let metadata = Arc::new(Metadata { discovery, keys, fetched: Instant::now() });
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some(Arc::clone(&metadata));
        Ok(metadata)
    }
}

impl Discovery {
    /// Checks that the document belongs to the issuer, and that every endpoint uses TLS
    /// if the issuer does.
    fn check(&self, issuer: &str) -> Result<(), CallError> {
        if self.issuer.trim_end_matches('/') != issuer {
            return Err(CallError::Garbage("an issuer that was not asked".into()));
        }
        let is_plain = issuer.starts_with("http://");
        let endpoints = [&self.authorization_endpoint, &self.token_endpoint, &self.jwks_uri];
        for endpoint in endpoints.into_iter().chain(&self.userinfo_endpoint) {
            let url =
                Url::parse(endpoint).map_err(|error| CallError::Garbage(error.to_string()))?;
            if url.scheme() != "https" && !(is_plain && url.scheme() == "http") {
                return Err(CallError::Garbage(format!("an endpoint without TLS: {endpoint}")));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn no_endpoint_is_less_protected_than_the_issuer() {
        let is_good = |issuer: &str, name: &str, endpoint: &str| {
            let mut document = json!({"issuer": issuer, "userinfo_endpoint": null});
            for name in ["authorization_endpoint", "token_endpoint", "jwks_uri"] {
                document[name] = json!(format!("{issuer}/x"));
            }
            document[name] = json!(endpoint);
            serde_json::from_value::<Discovery>(document).unwrap().check(issuer).is_ok()
        };
        let (secure, plain) = ("https://id.example", "http://localhost:9");
        for name in ["authorization_endpoint", "token_endpoint", "jwks_uri", "userinfo_endpoint"] {
            assert!(is_good(secure, name, "https://elsewhere.example/x"), "{name}");
            assert!(is_good(plain, name, "http://localhost:9/x"), "{name}");
            for bad in ["http://id.example/x", "ftp://id.example/x", "/x", "", "javascript:1"] {
                assert!(!is_good(secure, name, bad), "{name} {bad}");
            }
        }
        // The configuration lacks the trailing slash that some issuers have.
        assert!(is_good(secure, "issuer", "https://id.example/"));
        assert!(!is_good(secure, "issuer", "https://id.example.evil.example"));
    }
}
