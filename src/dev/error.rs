//! The error of the private PostgreSQL.

use std::io;

use derive_more::Display;

/// Why there is no cluster, as a message for people.
#[derive(Debug, Display)]
pub struct ClusterError(pub String);

impl std::error::Error for ClusterError {}

impl From<io::Error> for ClusterError {
    fn from(error: io::Error) -> Self {
        Self(format!("PostgreSQL: {error}"))
    }
}
