//! Budgets per calendar day (UTC), shared by all replicas, for amounts where a count is sufficient.
//! [`super::take`] has limits for any 24 hours.

pub mod store;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::error::{ApiError, ApiResult};

pub use store::{take, used};

/// 429 until the next day begins.
///
/// # Errors
/// If the database cannot be asked for the time left.
pub async fn spent(conn: &AsyncPgConnection) -> ApiResult<ApiError> {
    Ok(ApiError::rate_limited(seconds_left(conn).await?))
}

/// Seconds until the next day begins, by the database's clock. At least 1.
pub async fn seconds_left(conn: &AsyncPgConnection) -> QueryResult<u32> {
    let seconds = store::seconds_left(conn).await?;
    Ok(u32::try_from(seconds).unwrap_or_default().max(1))
}
