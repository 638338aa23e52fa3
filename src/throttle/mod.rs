//! Limits: those that hold for all replicas together, because they are counted in PostgreSQL, and
//! those of one process, `local`. Budgets of a calendar day are in `daily`.
//!
//! The former are for what an attacker must not get more of by asking another replica: guesses,
//! codes, messages. Each is counted under a keyed digest, so that the table says nothing of whom or
//! what was tried.

pub mod daily;
mod local;
mod standing;
pub mod store;

use diesel_async::AsyncPgConnection;

pub use local::LocalLimits;
pub use standing::Standing;

use crate::{
    config::Rate,
    error::{ApiError, ApiResult},
};

/// At most so many times within a window that slides.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    pub times: i32,
    pub minutes: i32,
}

impl From<Rate> for Limit {
    fn from(rate: Rate) -> Self {
        let number = |number| i32::try_from(number).unwrap_or(i32::MAX);
        Self { times: number(rate.times), minutes: number(rate.minutes) }
    }
}

impl From<Limit> for Rate {
    fn from(limit: Limit) -> Self {
        let number = |number| u32::try_from(number).unwrap_or_default();
        Self { times: number(limit.times), minutes: number(limit.minutes) }
    }
}

/// Takes one of `limit` for `key` in the caller's transaction; how many are left. Or 429
/// `rate_limited` with the time when the next is free, and with `RateLimit` of this limit, called
/// `account`: most keys are an account or its identifier. A transaction that fails gives it back.
pub async fn take(conn: &AsyncPgConnection, key: &[u8], limit: Limit) -> ApiResult<u32> {
    if let Some(taken) = store::take(conn, key, limit).await? {
        return Ok(u32::try_from(limit.times - taken).unwrap_or_default());
    }
    let seconds = store::seconds_until_free(conn, key, limit).await?;
    let seconds = u32::try_from(seconds).unwrap_or(0).max(1);
    let standing = Standing::new("account", limit.into(), 0).until(seconds);
    Err(ApiError::rate_limited(seconds).standing(standing))
}
