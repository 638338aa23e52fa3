//! Why a job goes no further.

use crate::error::ApiError;

/// Why a job ends before its end.
#[derive(Debug)]
pub enum Stop {
    /// It was cancelled, or somebody else works on it.
    Lost,
    /// The server is stopping.
    Leaving,
    /// It unpacks to more than anybody needs, or more of it would be kept.
    Bomb,
    /// It takes more of a processor than it may.
    Spent,
    Error(ApiError),
}

impl<E: Into<ApiError>> From<E> for Stop {
    fn from(error: E) -> Self {
        Self::Error(error.into())
    }
}
