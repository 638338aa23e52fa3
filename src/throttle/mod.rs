//! Limits: those that hold for all replicas together, because they are counted in PostgreSQL, and
//! those of one process, `local`. Budgets of a calendar day are in `daily`.
//!
//! The former are for what an attacker must not get more of by asking another replica: guesses,
//! codes, messages. Each is counted under a keyed digest, so that the table says nothing of whom or
//! what was tried.

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
    error::{ApiError, ApiResult, Standing},
};

/// A limit of what is counted under one key, and the name that `RateLimit` gives it.
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

/// Takes one of `limit` for `key` in the caller's transaction. Or 429 `rate_limited` with the time
/// when the next is free, and with `RateLimit` of this limit, called `account`: most keys are an
/// account or its identifier. A transaction that fails gives it back.
pub async fn take(conn: &AsyncPgConnection, key: Key, limit: Limit) -> ApiResult<()> {
    Budget { policy: "account", key, limit }.take(conn).await.map(drop)
}

/// Takes one of each budget in the caller's transaction, as [`take`] does. How the client stands
/// with the first.
pub async fn take_all(conn: &AsyncPgConnection, budgets: &[Budget]) -> ApiResult<Option<Standing>> {
    let mut first = None;
    for budget in budgets {
        let standing = budget.take(conn).await?;
        first = first.or(Some(standing));
    }
    Ok(first)
}

impl Budget {
    async fn take(&self, conn: &AsyncPgConnection) -> ApiResult<Standing> {
        let Self { policy, key, limit } = self;
        let standing = |left: i32| {
            Standing::new(policy, (*limit).into(), u32::try_from(left).unwrap_or_default())
        };
        if let Some(taken) = store::take(conn, key, *limit).await? {
            return Ok(standing(limit.times - taken));
        }
        let seconds = store::seconds_until_free(conn, key, *limit).await?;
        let seconds = u32::try_from(seconds).unwrap_or(0).max(1);
        Err(ApiError::rate_limited(seconds).standing(standing(0).until(seconds)))
    }
}
