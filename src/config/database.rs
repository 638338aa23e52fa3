//! The connection to PostgreSQL.

use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::{
    database_url::{DatabaseUrl, redact},
    source::Source,
    units::{Count, Seconds},
};

/// The database's URL, and the sizes and timeouts of its pools.
#[derive(Clone, Debug)]
pub struct DatabaseConfig {
    pub server: DatabaseUrl,
    /// PostgreSQL itself, if `server` is a connection pooler in transaction mode.
    pub direct: Option<DatabaseUrl>,
    /// Used instead of a password in the URLs.
    pub password: Option<SecretString>,
    /// Pooled connections of all HTTP workers together.
    pub pool_size: usize,
    /// How long a request waits for a connection, or for PostgreSQL to accept one.
    pub wait: Duration,
    /// `statement_timeout` of every connection that serves requests.
    pub statement_timeout: Duration,
}

impl DatabaseConfig {
    pub(super) fn read(s: &mut Source) -> Option<Self> {
        let faults_before = s.faults.len();
        let server = url(s, "DATABASE_URL");
        if server.is_none() && s.faults.len() == faults_before {
            s.fault("DATABASE_URL", "is missing");
        }
        let direct = url(s, "DATABASE_DIRECT_URL");
        let password = s.secret("DATABASE_PASSWORD");
        let pool_size = s.or("DATABASE_POOL_SIZE", Count(16)).0;
        let wait = s.or("DATABASE_WAIT_SECS", Seconds(5.0)).into();
        let statement_timeout = s.or("DATABASE_STATEMENT_TIMEOUT_SECS", Seconds(10.0)).into();
        Some(Self { server: server?, direct, password, pool_size, wait, statement_timeout })
    }
}

fn url(s: &mut Source, name: &'static str) -> Option<DatabaseUrl> {
    let url = s.partly_secret(name, redact)?;
    DatabaseUrl::parse(url.expose_secret()).map_err(|problem| s.fault(name, problem)).ok()
}
