//! Rate limits. Those in this module are counted in PostgreSQL and shared by all replicas; those in
//! `local` are per process. `daily` has budgets per calendar day.
//!
//! The shared limits are for what an attacker must not multiply by asking several replicas:
//! guesses, codes, messages. The key of each counter is a keyed digest, so that the table does not
//! reveal users or identifiers.

mod blocks;
pub mod daily;
mod limit;
mod local;
pub mod store;

use diesel_async::AsyncPgConnection;

pub use blocks::{Block, blocks, network};
pub use limit::{Key, Limit, MOST_IN_A_ROW};
pub use local::LocalLimits;

use crate::{
    config::Rate,
    error::{ApiError, ApiResult, RateLimitStatus},
};

/// A limit for one key, and its name in the `RateLimit` header.
pub struct Budget {
    pub policy: &'static str,
    pub key: Key,
    pub limit: Limit,
}

impl From<Limit> for Rate {
    fn from(limit: Limit) -> Self {
        let number = |number| u32::try_from(number).unwrap_or_default();
        Self { times: number(limit.times), minutes: number(limit.minutes) }
    }
}

/// Takes one unit of `limit` for `key` in the caller's transaction; a rollback returns it. 429
/// `rate_limited` with the seconds until the next unit is free, and with `RateLimit` for this
/// limit, which is called `account` because most keys are an account or its identifier.
pub async fn take(conn: &AsyncPgConnection, key: Key, limit: Limit) -> ApiResult<()> {
    Budget { policy: "account", key, limit }.take(conn).await.map(drop)
}

/// Takes one unit of each budget in the caller's transaction, like [`take`]. Returns the
/// state of the first.
pub async fn take_all(
    conn: &AsyncPgConnection,
    budgets: &[Budget],
) -> ApiResult<Option<RateLimitStatus>> {
    let mut first = None;
    for budget in budgets {
        let standing = budget.take(conn).await?;
        first = first.or(Some(standing));
    }
    Ok(first)
}

impl Budget {
    async fn take(&self, conn: &AsyncPgConnection) -> ApiResult<RateLimitStatus> {
        let Self { policy, key, limit } = self;
        let standing = |left: i32| {
            RateLimitStatus::new(policy, (*limit).into(), u32::try_from(left).unwrap_or_default())
        };
        if let Some(taken) = store::take(conn, key, *limit).await? {
            return Ok(standing(limit.times - taken));
        }
        let seconds = store::seconds_until_free(conn, key, *limit).await?;
        let seconds = u32::try_from(seconds).unwrap_or(0).max(1);
        Err(ApiError::rate_limited(seconds).standing(standing(0).until(seconds)))
    }
}
