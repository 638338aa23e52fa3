//! Limits that hold for all replicas together, because they are counted in PostgreSQL.
//!
//! For what an attacker must not get more of by asking another replica: codes, messages. Each is
//! counted under a keyed digest, so that the table says nothing of whom or what was tried.

pub mod store;

use diesel_async::AsyncPgConnection;

use crate::error::{ApiError, ApiResult, ErrorCode};

/// At most so many times within a window that slides.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub times: i32,
    pub minutes: i32,
}

/// Takes one of `limit` for `key` in the caller's transaction, or 429 `rate_limited` with the
/// time when the next is free. A transaction that fails gives it back.
pub async fn take(conn: &AsyncPgConnection, key: &[u8], limit: Limit) -> ApiResult<()> {
    if store::take(conn, key, limit).await? {
        return Ok(());
    }
    let seconds = store::seconds_until_free(conn, key, limit).await?;
    Err(ApiError {
        retry_after_secs: Some(u32::try_from(seconds).unwrap_or(0).max(1)),
        ..ApiError::new(ErrorCode::RateLimited, "too many requests; try again later")
    })
}
