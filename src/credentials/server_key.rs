//! Secrets derived from the server's key: mailed tokens, codes, their digests, cursor tags.
//!
//! A token is derived when needed, from the random id of the record that it belongs to.
//! So no secret that grants access is ever stored, and a second mail contains the same
//! token as the first.

use std::{iter::successors, str::FromStr};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use derive_more::Display;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use uuid::Uuid;

use crate::config::Secrets;

/// The purpose of a derived value. Values for different purposes are independent.
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
    #[display("invitation")]
    Invitation,
    #[display("idempotency")]
    Idempotency,
}

/// A token of 32 bytes. Written as 43 characters of URL-safe base64 (RFC 4648, section 5).
#[derive(Clone, PartialEq, Eq)]
pub struct OneTimeToken([u8; 32]);

/// The digest that is stored instead of a [`OneTimeToken`] or a code.
pub type Digest = Vec<u8>;

/// The key from which all these values are derived (HMAC-SHA-256, RFC 2104). During key rotation it
/// includes the previous key, whose values are still accepted but no longer issued.
#[derive(Clone)]
pub struct ServerKey {
    mac: Hmac<Sha256>,
    previous: Option<Box<Self>>,
}

impl ServerKey {
    /// A key without a previous key.
    pub fn new(key: &SecretString) -> Self {
        // Cannot fail, because HMAC takes keys of any length.
        let key = key.expose_secret().as_bytes();
        match Hmac::new_from_slice(key) {
            Ok(mac) => Self { mac, previous: None },
            Err(error) => unreachable!("{error}"),
        }
    }

    /// The configured key, with the previous key if there is one.
    pub fn configured(secrets: &Secrets) -> Self {
        let previous = secrets.server_key_previous.as_ref().map(|key| Box::new(Self::new(key)));
        Self { previous, ..Self::new(&secrets.server_key) }
    }

    /// The accepted keys, each by itself: the current key, then the previous one.
    pub fn accepted(&self) -> impl Iterator<Item = &Self> {
        successors(Some(self), |key| key.previous.as_deref())
    }

    /// The token for the challenge `id`.
    pub fn token(&self, purpose: Purpose, id: Uuid) -> OneTimeToken {
        OneTimeToken(self.tag(purpose, "token", id.as_bytes()))
    }

    /// The digest to store instead of `token`.
    pub fn digest(&self, purpose: Purpose, token: &OneTimeToken) -> Digest {
        self.tag(purpose, "digest", &token.0).to_vec()
    }

    /// The possible stored digests of `token`, one per accepted key.
    pub fn digests(&self, purpose: Purpose, token: &OneTimeToken) -> Vec<Digest> {
        self.accepted().map(|key| key.digest(purpose, token)).collect()
    }

    /// The digest of the token for the challenge `id`.
    pub fn digest_of(&self, purpose: Purpose, id: Uuid) -> Digest {
        self.digest(purpose, &self.token(purpose, id))
    }

    /// A tag of `data` that only this server can produce.
    pub fn tag(&self, purpose: Purpose, use_for: &str, data: &[u8]) -> [u8; 32] {
        self.mac(purpose, use_for, data).finalize().into_bytes().into()
    }

    /// Whether an accepted key made `tag` of `data`. Compares in constant time.
    pub fn is_tag(&self, purpose: Purpose, use_for: &str, data: &[u8], tag: &[u8]) -> bool {
        self.accepted().any(|key| key.is_own_tag(purpose, use_for, data, tag))
    }

    /// Whether this key itself, not the previous one, made `tag` of `data`.
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
    /// The text for the link. There is no `Display`, so that it cannot leak into a log.
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
