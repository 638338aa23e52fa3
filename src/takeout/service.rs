//! The rules of takeouts: an account has one at a time.

use super::{
    store,
    types::{Standing, Takeout},
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// Begins a takeout in place of the one before; one that is being made goes on.
pub async fn create(state: &WorkerState, identity: Identity) -> ApiResult<Standing> {
    let conn = state.pool.get().await?;
    if store::create(&conn, identity).await? {
        store::notify(&conn).await?;
    }
    find(state, identity).await.map(Standing::from)
}

pub async fn find(state: &WorkerState, identity: Identity) -> ApiResult<Takeout> {
    let conn = state.pool.get().await?;
    let found = store::find(&conn, identity).await?;
    identity.found(found, &conn).await
}

/// The takeout that can be downloaded. 409 `not_ready`.
pub async fn finished(state: &WorkerState, identity: Identity) -> ApiResult<Takeout> {
    let takeout = find(state, identity).await?;
    if takeout.is_done() {
        return Ok(takeout);
    }
    let message = "the export is not made yet: ask GET /me/export how it is getting on";
    Err(ApiError::new(ErrorCode::NotReady, message))
}

pub async fn delete(state: &WorkerState, identity: Identity) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let deleted = store::delete(&conn, identity).await?;
    identity.found(deleted.then_some(()), &conn).await
}
