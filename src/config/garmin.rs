//! Garmin Connect, with users' personal keys and with a partner's credentials.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{
    oauth::{ClientCredentials, OAuthConfig, credentials},
    secrets::key,
    source::Source,
    units::{HttpUrl, Seconds},
};

/// Garmin Connect. URLs have no trailing slash; they are configurable for tests.
#[derive(Clone, Debug)]
pub struct GarminConfig {
    /// Whether there is a key to encrypt tokens, so that users can connect with personal keys.
    pub is_offered: bool,
    pub personal_url: String,
    /// A partner of the developer programme.
    pub developer: Option<GarminDeveloperConfig>,
    /// The interval between two syncs of the last weeks.
    pub every: Duration,
    /// The lease of a connection. It is renewed with each activity.
    pub lease: Duration,
    /// The longest interval between two polls for work.
    pub poll: Duration,
    /// The pause after a failure. It doubles with each further failure, up to one hour.
    pub backoff: Duration,
}

/// Garmin's developer programme.
#[derive(Clone, Debug)]
pub struct GarminDeveloperConfig {
    pub credentials: ClientCredentials,
    pub authorization_url: String,
    pub token_url: String,
    pub api_url: String,
    /// The last segment of the webhooks' path, which must be kept secret.
    pub webhook_secret: SecretString,
}

impl GarminConfig {
    pub(super) fn read(s: &mut Source, oauth: &OAuthConfig) -> Self {
        let url = |s: &mut Source, name, default: &str| s.or(name, HttpUrl(default.to_owned())).0;
        let personal_url = url(s, "GARMIN_PERSONAL_URL", "https://personal.connectapi.garmin.com");
        let credentials = credentials(s, "GARMIN_CLIENT_ID", "GARMIN_CLIENT_SECRET");
        let authorization_url =
            url(s, "GARMIN_AUTHORIZATION_URL", "https://connect.garmin.com/oauth2Confirm");
        let token_url =
            url(s, "GARMIN_TOKEN_URL", "https://diauth.garmin.com/di-oauth2-service/oauth/token");
        let api_url = url(s, "GARMIN_API_URL", "https://apis.garmin.com");
        let webhook_secret = key(s, "GARMIN_WEBHOOK_SECRET", credentials.is_some());
        if let Some(secret) = &webhook_secret
            && !secret
                .expose_secret()
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
        {
            s.fault(
                "GARMIN_WEBHOOK_SECRET",
                "must have only letters, digits, - and _, because it is part of a path (make one with: openssl rand -hex 32)",
            );
        }
        let is_offered = !oauth.token_keys.is_empty();
        if credentials.is_some() && !is_offered {
            s.fault("GARMIN_CLIENT_ID", "needs OAUTH_TOKEN_KEY as well");
        }
        let developer = credentials.zip(webhook_secret).map(|(credentials, webhook_secret)| {
            GarminDeveloperConfig {
                credentials,
                authorization_url,
                token_url,
                api_url,
                webhook_secret,
            }
        });
        Self {
            is_offered,
            personal_url,
            developer,
            every: s.or("GARMIN_SYNC_SECS", Seconds(3600.0)).into(),
            lease: s.or("GARMIN_LEASE_SECS", Seconds(180.0)).into(),
            poll: s.or("GARMIN_POLL_SECS", Seconds(15.0)).into(),
            backoff: s.or("GARMIN_BACKOFF_SECS", Seconds(60.0)).into(),
        }
    }
}
