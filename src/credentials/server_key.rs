//! Secrets derived from the server's key: mailed tokens, codes, their digests, cursor tags.
//!
//! A token is derived from the random id of what it proves, when it is needed: nothing that
//! opens an account is ever stored, and a second mail carries the same token as the first.

use std::{iter::successors, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use derive_more::Display;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use crate::config::Secrets;

/// What a derived value is for: values of two purposes have nothing in common.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum Purpose {
    #[display("verify-email")]
    VerifyEmail,
    #[display("reset-password")]
    ResetPassword,
    #[display("activity-cursor")]
    ActivityCursor,
    #[display("changes-position")]
    ChangesPosition,
    #[display("otp-code")]
    OtpCode,
    #[display("oauth-login")]
    OAuthLogin,
    #[display("refresh-token")]
    RefreshToken,
    #[display("device-token")]
    DeviceToken,
    #[display("personal-token")]
    PersonalToken,
    #[display("throttle")]
    Throttle,
    #[display("webhook")]
    Webhook,
    #[display("share")]
    Share,
    #[display("idempotency")]
    Idempotency,
}

/// 32 bytes that prove a mailbox. Written as 43 characters of URL-safe base64 (RFC 4648, section 5).
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken([u8; 32]);

/// What is stored in place of a [`OneTimeToken`].
pub type Digest = Vec<u8>;

/// The key that everything here is derived from (HMAC-SHA-256, RFC 2104), and during a rotation the key
/// before it: what that one made is still accepted, and it makes nothing new.
#[derive(Clone)]
pub struct ServerKey {
    mac: Hmac<Sha256>,
    previous: Option<Box<Self>>,
}

impl ServerKey {
    /// A key without one before it.
    pub fn new(key: &SecretString) -> Self {
        // HMAC takes keys of any length, so this cannot fail; hashing first would be the same.
        let key = key.expose_secret().as_bytes();
        match Hmac::new_from_slice(key) {
            Ok(mac) => Self { mac, previous: None },
            Err(error) => unreachable!("{error}"),
        }
    }

    /// The configured key, with the one before it if there is one.
    pub fn configured(secrets: &Secrets) -> Self {
        let previous = secrets.server_key_previous.as_ref().map(|key| Box::new(Self::new(key)));
        Self { previous, ..Self::new(&secrets.server_key) }
    }

    /// The keys whose work is accepted, each by itself: this one first.
    pub fn accepted(&self) -> impl Iterator<Item = &Self> {
        successors(Some(self), |key| key.previous.as_deref())
    }

    /// The token that proves the challenge `id`.
    pub fn token(&self, purpose: Purpose, id: Uuid) -> OneTimeToken {
        OneTimeToken(self.tag(purpose, "token", id.as_bytes()))
    }

    /// What to store in place of `token`.
    pub fn digest(&self, purpose: Purpose, token: &OneTimeToken) -> Digest {
        self.tag(purpose, "digest", &token.0).to_vec()
    }

    /// What may be stored in place of `token`, by one of the accepted keys.
    pub fn digests(&self, purpose: Purpose, token: &OneTimeToken) -> Vec<Digest> {
        self.accepted().map(|key| key.digest(purpose, token)).collect()
    }

    /// The digest of the token for the challenge `id`.
    pub fn digest_of(&self, purpose: Purpose, id: Uuid) -> Digest {
        self.digest(purpose, &self.token(purpose, id))
    }

    /// A tag that only this server can make of `data`.
    pub fn tag(&self, purpose: Purpose, use_for: &str, data: &[u8]) -> [u8; 32] {
        self.mac(purpose, use_for, data).finalize().into_bytes().into()
    }

    /// Whether an accepted key made `tag` of `data`, in a time that says nothing of how much of it is right.
    pub fn is_tag(&self, purpose: Purpose, use_for: &str, data: &[u8], tag: &[u8]) -> bool {
        self.accepted().any(|key| key.is_own_tag(purpose, use_for, data, tag))
    }

    /// Whether this key made `tag` of `data`, and not the one before it.
    pub fn is_own_tag(&self, purpose: Purpose, use_for: &str, data: &[u8], tag: &[u8]) -> bool {
        self.mac(purpose, use_for, data).verify_slice(tag).is_ok()
    }

    fn mac(&self, purpose: Purpose, use_for: &str, data: &[u8]) -> Hmac<Sha256> {
        let mut mac = self.mac.clone();
        mac.update(format!("sports-log/1/{purpose}/{use_for}\0").as_bytes());
        mac.update(data);
        mac
    }
}

impl std::fmt::Debug for ServerKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ServerKey([redacted])")
    }
}

impl OneTimeToken {
    /// The text for the link. Named so that it cannot slip into a log by `Display`.
    pub fn expose(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }
}

impl std::fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OneTimeToken([redacted])")
    }
}

impl FromStr for OneTimeToken {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim()).map_err(|_| ())?;
        Ok(Self(bytes.try_into().map_err(|_| ())?))
    }
}
