//! URLs of PostgreSQL: the part for the driver, and the part that may be displayed.

use std::path::PathBuf;

use secrecy::SecretString;

/// TLS for connections to PostgreSQL, with libpq's meanings. See
/// <https://www.postgresql.org/docs/current/libpq-ssl.html>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SslMode {
    Disable,
    /// Encrypted if the server supports it; the certificate is not verified.
    Prefer,
    /// Encrypted; the certificate is not verified.
    Require,
    /// Encrypted; certificate and host name are verified.
    VerifyFull,
}

/// One server, or several of which one accepts writes.
#[derive(Clone, Debug)]
pub struct DatabaseUrl {
    /// The URL without `sslmode` and `sslrootcert`, which are in the fields below.
    pub url: SecretString,
    pub ssl_mode: SslMode,
    /// PEM file of the trusted certificate authorities. If absent, the public ones.
    pub ssl_root_cert: Option<PathBuf>,
}

impl DatabaseUrl {
    /// Removes the TLS parameters, because the driver supports only some of their values.
    pub(super) fn parse(url: &str) -> Result<Self, String> {
        if !url.starts_with("postgres://") && !url.starts_with("postgresql://") {
            return Err("must start with postgres://".into());
        }
        let (base, query) = url.split_once('?').unwrap_or((url, ""));
        let parameters: Vec<(String, String)> =
            serde_urlencoded::from_str(query).map_err(|_| "has a malformed query string")?;
        let (mut ssl_mode, mut ssl_root_cert, mut rest) = (SslMode::Prefer, None, Vec::new());
        let mut session = "read-write";
        for (name, value) in parameters {
            match (name.as_str(), value.as_str()) {
                ("sslmode", "disable") => ssl_mode = SslMode::Disable,
                ("sslmode", "prefer") => ssl_mode = SslMode::Prefer,
                ("sslmode", "require") => ssl_mode = SslMode::Require,
                ("sslmode", "verify-full") => ssl_mode = SslMode::VerifyFull,
                ("sslmode", _) => {
                    return Err("sslmode must be disable, prefer, require or verify-full".into());
                }
                ("sslrootcert", path) => ssl_root_cert = Some(PathBuf::from(path)),
                // The driver's name for libpq's `primary`. They differ only for a primary with
                // `default_transaction_read_only`.
                ("target_session_attrs", "read-write" | "primary") => {}
                ("target_session_attrs", "any") => session = "any",
                ("target_session_attrs", _) => {
                    return Err("target_session_attrs must be read-write (the default) or any, \
                                because the server writes"
                        .into());
                }
                _ => rest.push((name, value)),
            }
        }
        rest.push(("target_session_attrs".into(), session.into()));
        let query =
            serde_urlencoded::to_string(&rest).map_err(|_| "has a malformed query string")?;
        // The driver decodes %20, but not the plus sign of the form encoding.
        let url = format!("{base}?{}", query.replace('+', "%20"));
        url.parse::<tokio_postgres::Config>().map_err(|error| {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            format!("is not a PostgreSQL URL: {}", cause.unwrap_or_else(|| error.to_string()))
        })?;
        if ssl_root_cert.is_some() && ssl_mode != SslMode::VerifyFull {
            return Err("sslrootcert needs sslmode=verify-full: no other mode checks it".into());
        }
        Ok(Self { url: url.into(), ssl_mode, ssl_root_cert })
    }
}

/// The URL with its password redacted, in every place where a URL can have one.
pub(super) fn redact(url: &str) -> String {
    let (base, query) = url.split_once('?').map_or((url, None), |(b, q)| (b, Some(q)));
    let base = match base.split_once("://").and_then(|(scheme, rest)| {
        let (user_info, hosts) = rest.rsplit_once('@')?;
        let (user, _password) = user_info.split_once(':')?;
        Some(format!("{scheme}://{user}:[redacted]@{hosts}"))
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
