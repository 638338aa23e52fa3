//! How to reach PostgreSQL.

use std::{path::PathBuf, time::Duration};

use secrecy::{ExposeSecret, SecretString};

use super::{
    source::Source,
    units::{Count, Seconds},
};

/// TLS towards PostgreSQL, with libpq's meanings.
/// See <https://www.postgresql.org/docs/current/libpq-ssl.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    /// Encrypted where the server offers it, the certificate unchecked.
    Prefer,
    /// Encrypted, the certificate unchecked.
    Require,
    /// Encrypted, certificate and host name checked.
    VerifyFull,
}

/// The database's address and the sizes and patience of its pools.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    /// The URL without `sslmode` and `sslrootcert`, which are beside it.
    pub url: SecretString,
    /// In place of one in the URL.
    pub password: Option<SecretString>,
    pub ssl_mode: SslMode,
    /// PEM file of the certificate authorities to trust; the web's when absent.
    pub ssl_root_cert: Option<PathBuf>,
    /// Pooled connections of all HTTP workers together.
    pub pool_size: usize,
    /// The longest a request waits for a connection, or for PostgreSQL to accept one.
    pub wait: Duration,
    /// `statement_timeout` of every connection that serves requests.
    pub statement_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn read(s: &mut Source) -> Option<Self> {
        let url = s.partly_secret("DATABASE_URL", redact);
        let password = s.secret("DATABASE_PASSWORD");
        let pool_size = s.or("DATABASE_POOL_SIZE", Count(16)).0;
        let wait = s.or("DATABASE_WAIT_SECS", Seconds(5.0)).into();
        let statement_timeout = s.or("DATABASE_STATEMENT_TIMEOUT_SECS", Seconds(10.0)).into();
        let Some(url) = url else {
            s.fault("DATABASE_URL", "is missing");
            return None;
        };
        match split_tls_parameters(url.expose_secret()) {
            Ok((url, ssl_mode, ssl_root_cert)) => Some(Self {
                url: url.into(),
                password,
                ssl_mode,
                ssl_root_cert,
                pool_size,
                wait,
                statement_timeout,
            }),
            Err(problem) => {
                s.fault("DATABASE_URL", problem);
                None
            }
        }
    }
}

/// Takes `sslmode` and `sslrootcert` out of the URL: the driver knows only half of their values.
fn split_tls_parameters(url: &str) -> Result<(String, SslMode, Option<PathBuf>), String> {
    if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
        return Err("must start with postgres://".into());
    }
    let (base, query) = url.split_once('?').unwrap_or((url, ""));
    let parameters: Vec<(String, String)> =
        serde_urlencoded::from_str(query).map_err(|_| "has a malformed query string")?;
    let (mut mode, mut root_cert, mut rest) = (SslMode::Prefer, None, Vec::new());
    for (name, value) in parameters {
        match (name.as_str(), value.as_str()) {
            ("sslmode", "disable") => mode = SslMode::Disable,
            ("sslmode", "prefer") => mode = SslMode::Prefer,
            ("sslmode", "require") => mode = SslMode::Require,
            ("sslmode", "verify-full") => mode = SslMode::VerifyFull,
            ("sslmode", _) => {
                return Err("sslmode must be disable, prefer, require or verify-full".into());
            }
            ("sslrootcert", path) => root_cert = Some(PathBuf::from(path)),
            _ => rest.push((name, value)),
        }
    }
    let query = serde_urlencoded::to_string(&rest).map_err(|_| "has a malformed query string")?;
    // The driver decodes %20, but not the form encoding's plus.
    let url = if query.is_empty() {
        base.to_owned()
    } else {
        format!("{base}?{}", query.replace('+', "%20"))
    };
    url.parse::<tokio_postgres::Config>().map_err(|error| {
        let cause = std::error::Error::source(&error).map(ToString::to_string);
        format!("is not a PostgreSQL URL: {}", cause.unwrap_or_else(|| error.to_string()))
    })?;
    if root_cert.is_some() && mode != SslMode::VerifyFull {
        return Err("sslrootcert needs sslmode=verify-full: no other mode checks it".into());
    }
    Ok((url, mode, root_cert))
}

/// The URL with its password hidden, wherever a URL can carry one.
fn redact(url: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let base = match base.split_once("://").and_then(|(scheme, rest)| {
        let (user_info, host) = rest.rsplit_once('@')?;
        let (user, _password) = user_info.split_once(':')?;
        Some(format!("{scheme}://{user}:[redacted]@{host}"))
    }) {
        Some(redacted) => redacted,
        None => base.to_owned(),
    };
    let Some(query) = query else { return base };
    let shown: Vec<&str> = query
        .split('&')
        .map(|pair| {
            if pair.to_ascii_lowercase().starts_with("password") {
                "password=[redacted]"
            } else {
                pair
            }
        })
        .collect();
    format!("{base}?{}", shown.join("&"))
}
