//! Reasons for stopping a job.

use crate::error::ApiError;

/// Why a job stops before its end.
#[derive(Debug)]
pub enum JobEnd {
    /// It was cancelled, or another server has taken it over.
    Lost,
    /// The server is shutting down.
    Leaving,
    /// It unpacks to too much, or too much of it would be stored.
    Bomb,
    /// It has used up its CPU time.
    Spent,
    Error(ApiError),
}

impl<E: Into<ApiError>> From<E> for JobEnd {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}
