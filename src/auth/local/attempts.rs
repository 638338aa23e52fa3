//! How often somebody may try something with one address, whether it is known or not.

use crate::{
    auth::{EmailAddress, Purpose},
    error::ApiResult,
    state::WorkerState,
    throttle,
};

/// One attempt at `what` with `email`, or 429: counted before anything is looked up, so that the answer
/// and its time say nothing of the account.
pub async fn take(state: &WorkerState, what: &str, email: &EmailAddress) -> ApiResult<()> {
    let Some(rate) = state.limits.auth_identifier else { return Ok(()) };
    let key = state.server_key.tag(Purpose::Throttle, what, email.as_str().as_bytes());
    let conn = state.pool.get().await?;
    let taken = throttle::take(&conn, &key, rate.into()).await;
    state.metrics.count_limit("auth_identifier", taken.is_ok());
    taken.map(drop)
}
