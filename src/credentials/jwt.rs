//! Access tokens: JWT (RFC 7519) with HS256, a `kid`, and a previous key during key rotation.

use std::time::Duration;

use chrono::{DateTime, SubsecRound, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, EncodingKey, Header, Validation, decode, encode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Account, Identity, RefreshToken};
use crate::{
    config::Secrets,
    db::clock,
    error::{ApiError, ApiResult},
};

/// How far the servers' estimates of the database's clock may differ, in seconds.
const LEEWAY_SECS: i64 = 5;

#[derive(Serialize, Deserialize)]
struct Claims {
    sub: Uuid,
    /// The session id.
    sid: Uuid,
    email: Option<String>,
    /// `users.token_version` when the token was issued.
    ver: i32,
    /// The generation of the refresh token that was issued with this token.
    #[serde(default, rename = "gen")]
    generation: i32,
    iat: i64,
    exp: i64,
}

/// A newly signed token and its expiry.
pub struct AccessToken {
    pub token: String,
    pub expires_at: DateTime<Utc>,
    pub lifetime: Duration,
}

/// The claims of a verified token.
#[derive(Clone, Copy, Debug)]
pub struct Verified {
    pub identity: Identity,
    /// The generation of the refresh token that was issued with this token.
    pub generation: i32,
    /// Unix time in seconds.
    expires_at: i64,
}

impl Verified {
    /// Whether the token has expired meanwhile.
    pub fn is_over(&self) -> bool {
        self.expires_at < clock::now().timestamp() - LEEWAY_SECS
    }

    #[cfg(test)]
    pub fn ending(self, expires_at: i64) -> Self {
        Self { expires_at, ..self }
    }
}

/// The keys for signing and verifying tokens.
pub struct JwtKeys {
    header: Header,
    signing: EncodingKey,
    /// The current key, then the previous one, each with its `kid`.
    accepted: Vec<(String, DecodingKey)>,
    validation: Validation,
    lifetime: Duration,
}

impl JwtKeys {
    pub fn new(secrets: &Secrets) -> Self {
        let accepted = [Some(&secrets.jwt), secrets.jwt_previous.as_ref()].into_iter().flatten();
        let mut validation = Validation::new(Algorithm::HS256);
        // The library would check the expiry by the local clock.
        validation.validate_exp = false;
        Self {
            header: Header { kid: Some(kid(&secrets.jwt)), ..Header::new(Algorithm::HS256) },
            signing: EncodingKey::from_secret(secrets.jwt.expose_secret().as_bytes()),
            accepted: accepted
                .map(|key| (kid(key), DecodingKey::from_secret(key.expose_secret().as_bytes())))
                .collect(),
            validation,
            lifetime: secrets.jwt_expiry,
        }
    }

    /// Signs a token for `account`, to be sent along with `refresh_token`. It is valid from `now`,
    /// and expires no later than its session.
    pub fn issue(
        &self,
        account: &Account,
        refresh_token: RefreshToken,
        session_ends: DateTime<Utc>,
        now: DateTime<Utc>,
    ) -> ApiResult<AccessToken> {
        let lifetime = TimeDelta::from_std(self.lifetime).map_err(ApiError::internal)?;
        // Whole seconds, as in the token.
        let now = now.trunc_subsecs(0);
        let expires_at = session_ends.trunc_subsecs(0).min(now + lifetime);
        let claims = Claims {
            sub: account.user_id,
            sid: refresh_token.session_id,
            email: account.email.as_ref().map(ToString::to_string),
            ver: account.token_version,
            generation: refresh_token.generation,
            iat: now.timestamp(),
            exp: expires_at.timestamp(),
        };
        let token = encode(&self.header, &claims, &self.signing).map_err(ApiError::internal)?;
        let lifetime = (expires_at - now).to_std().unwrap_or_default();
        Ok(AccessToken { token, expires_at, lifetime })
    }

    /// Checks algorithm, key, signature and expiry. The database decides whether the
    /// identity is still valid.
    pub fn verify(&self, token: &str) -> ApiResult<Verified> {
        // Nearly every token is signed with the current key. Trying it is cheaper than
        // decoding the `kid` first.
        let claims = self.accepted.iter().find_map(|(kid, key)| {
            let data = decode::<Claims>(token, key, &self.validation).ok()?;
            (data.header.kid.as_ref() == Some(kid)).then_some(data.claims)
        });
        let claims = claims.ok_or_else(ApiError::invalid_access_token)?;
        let identity =
            Identity { user_id: claims.sub, token_version: claims.ver, session_id: claims.sid };
        let Claims { generation, exp: expires_at, .. } = claims;
        let verified = Verified { identity, generation, expires_at };
        if verified.is_over() { Err(ApiError::invalid_access_token()) } else { Ok(verified) }
    }
}

/// The id of a key, which does not reveal it: the first 64 bits of its SHA-256, in hex.
fn kid(key: &SecretString) -> String {
    let digest = Sha256::digest(key.expose_secret().as_bytes());
    digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect()
}
