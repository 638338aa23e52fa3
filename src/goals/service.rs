//! The rules of goals.

use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{
    progress::progress,
    store,
    types::{GoalAnswer, NewGoal},
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
    stats::days::DayParams,
};

/// 409 `too_many_goals`.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    new: &NewGoal,
) -> ApiResult<GoalAnswer> {
    let conn = state.pool.get().await?;
    let id = Uuid::new_v4();
    if !store::insert(&conn, identity, id, new).await? {
        identity.confirm(&conn).await?;
        return Err(ApiError::new(ErrorCode::TooManyGoals, "50 goals are enough; delete one"));
    }
    drop(conn);
    get(state, identity, params, id).await
}

pub async fn list(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
) -> ApiResult<Vec<GoalAnswer>> {
    let conn = state.pool.get().await?;
    let days = params.days(&conn, identity, (None, None)).await?;
    let goals = store::list(&conn, identity).await?;
    // Pipelined on one connection.
    try_join_all(goals.into_iter().map(|goal| progress(&conn, goal, &days, params.week_start)))
        .await
}

pub async fn get(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    id: Uuid,
) -> ApiResult<GoalAnswer> {
    let conn = state.pool.get().await?;
    let days = params.days(&conn, identity, (None, None)).await?;
    let goal = identity.found(store::find(&conn, identity, id).await?, &conn).await?;
    progress(&conn, goal, &days, params.week_start).await
}

pub async fn update(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    id: Uuid,
    target: Option<f64>,
) -> ApiResult<GoalAnswer> {
    if let Some(target) = target {
        let conn = state.pool.get().await?;
        store::set_target(&conn, identity, id, target).await?;
    }
    get(state, identity, params, id).await
}

pub async fn delete(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let is_deleted = store::delete(&conn, identity, id).await?;
    identity.found(is_deleted.then_some(()), &conn).await
}
