//! Keys. A missing, short or placeholder key prevents startup. Errors contain its
//! name, never its value.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{source::Source, units::Count};

/// The keys for signing and derivation.
#[derive(Clone, Debug)]
pub struct Secrets {
    pub jwt: SecretString,
    /// The previous key during rotation. It verifies tokens but signs none.
    pub jwt_previous: Option<SecretString>,
    /// The lifetime of an access token, and therefore how long a stolen one can be used.
    pub jwt_expiry: Duration,
    /// The key from which mailed tokens, their digests and cursors are derived.
    pub server_key: SecretString,
    /// The previous key during rotation. Its values are accepted, but no new ones are derived.
    pub server_key_previous: Option<SecretString>,
}

impl Secrets {
    pub(super) fn read(s: &mut Source) -> Option<Self> {
        let jwt = key(s, "JWT_SECRET", true);
        let jwt_previous = key(s, "JWT_SECRET_PREVIOUS", false);
        // The former name of the setting, when the default was at least one hour.
        let minutes = match s.optional::<Count>("JWT_EXPIRY_HOURS") {
            Some(Count(hours)) => hours * 60,
            None => s.or("JWT_EXPIRY_MINUTES", Count(15)).0,
        };
        let server_key = key(s, "SERVER_KEY", true);
        let server_key_previous = key(s, "SERVER_KEY_PREVIOUS", false);
        if let (Some(jwt), Some(server_key)) = (&jwt, &server_key)
            && jwt.expose_secret() == server_key.expose_secret()
        {
            s.fault("SERVER_KEY", "must differ from JWT_SECRET");
        }
        Some(Self {
            jwt: jwt?,
            jwt_previous,
            jwt_expiry: Duration::from_secs(minutes as u64 * 60),
            server_key: server_key?,
            server_key_previous,
        })
    }
}

/// A key from the environment. Reports an error if it is weak, or missing although `required`.
pub(super) fn key(s: &mut Source, name: &'static str, required: bool) -> Option<SecretString> {
    let Some(secret) = s.secret(name) else {
        if required {
            s.fault(name, "is missing (make one with: openssl rand -base64 48)");
        }
        return None;
    };
    match weakness(secret.expose_secret()) {
        None => Some(secret),
        Some(problem) => {
            s.fault(name, problem);
            None
        }
    }
}

/// Why a key is rejected. RFC 7518, section 3.2 requires 256 bits for HS256.
fn weakness(key: &str) -> Option<&'static str> {
    const PLACEHOLDERS: [&str; 9] = [
        "change",
        "placeholder",
        "example",
        "secret",
        "your-",
        "your_",
        "replace",
        "password",
        "xxxx",
    ];
    if key.len() < 32 {
        return Some("is too short: at least 32 bytes (make one with: openssl rand -base64 48)");
    }
    let lower = key.to_ascii_lowercase();
    if PLACEHOLDERS.iter().any(|word| lower.contains(word)) {
        return Some("looks like a placeholder (make one with: openssl rand -base64 48)");
    }
    let distinct: std::collections::HashSet<char> = key.chars().collect();
    (distinct.len() < 10).then_some("repeats itself (make one with: openssl rand -base64 48)")
}
