//! The identity of a user at a provider.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use super::Provider;
use crate::credentials::EmailAddress;

/// An account at a provider. It is identified by (provider, subject), never by its address.
#[derive(Clone, Debug)]
pub struct ProviderIdentity {
    pub provider: Provider,
    /// The provider's id of the account, at most 255 characters.
    pub subject: String,
    /// The user's name. It is displayed but never trusted.
    pub name: Option<String>,
    pub email: Option<String>,
    /// Whether the provider has verified the address and is trusted with that.
    pub email_is_proven: bool,
}

impl ProviderIdentity {
    /// The verified address, by which an existing account may be found.
    pub fn proven_email(&self) -> Option<EmailAddress> {
        self.email.as_ref().filter(|_| self.email_is_proven)?.parse().ok()
    }
}

/// The tokens for requests to a provider.
#[derive(Clone, Debug)]
pub struct ProviderTokens {
    pub access: SecretString,
    pub refresh: Option<SecretString>,
    pub expires_at: Option<DateTime<Utc>>,
}
