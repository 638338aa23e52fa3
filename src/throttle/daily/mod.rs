//! Budgets of a calendar day (UTC), counted for all replicas together: for amounts of which a count
//! is enough. What must hold for any 24 hours is taken by [`super::take`].

pub mod store;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;

use crate::error::{ApiError, ApiResult};

pub use store::{take, used};

/// 429 until the next day begins.
///
/// # Errors
/// When the database cannot say when that is.
pub async fn spent(conn: &AsyncPgConnection) -> ApiResult<ApiError> {
    Ok(ApiError::rate_limited(seconds_left(conn).await?))
}

/// Seconds until the next day begins, by the database's clock; at least one.
pub async fn seconds_left(conn: &AsyncPgConnection) -> QueryResult<u32> {
    let seconds = store::seconds_left(conn).await?;
    Ok(u32::try_from(seconds).unwrap_or_default().max(1))
}
