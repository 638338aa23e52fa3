//! Whom a provider says somebody is.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::Provider;
use crate::credentials::EmailAddress;

/// An account at a provider: (provider, subject), never an address.
#[derive(Clone, Debug)]
pub struct ProviderIdentity {
    pub provider: Provider,
    /// The provider's own id of the account, at most 255 characters.
    pub subject: String,
    /// What people know it by; shown, never trusted.
    pub name: Option<String>,
    pub email: Option<String>,
    /// Whether the provider has proven the address, and its word counts.
    pub email_is_proven: bool,
}

impl ProviderIdentity {
    /// The address by which an account of ours may be found.
    pub fn proven_email(&self) -> Option<EmailAddress> {
        self.email.as_ref().filter(|_| self.email_is_proven)?.parse().ok()
    }
}

/// What a provider lets us ask it with.
#[derive(Clone, Debug)]
pub struct ProviderTokens {
    pub access: SecretString,
    pub refresh: Option<SecretString>,
    pub expires_at: Option<DateTime<Utc>>,
}
