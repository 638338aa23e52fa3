//! Business logic of goals.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use futures_util::future::try_join_all;
use uuid::Uuid;

use super::{
    progress::progress,
    store,
    types::{GoalAnswer, NewGoal},
};
use crate::{
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    idempotency::{self, IdempotencyKey},
    state::WorkerState,
    stats::days::DayParams,
};

/// Creates a goal. Fails with 409 `too_many_goals` at the limit.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    params: &DayParams,
    new: &NewGoal,
) -> ApiResult<GoalAnswer> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(goal) = idempotency::answered(conn, identity, key.as_ref()).await? {
            return Ok(goal);
        }
        let id = Uuid::new_v4();
        if !store::insert(conn, identity, id, new).await? {
            identity.confirm(conn).await?;
            let most = store::MAX_GOALS;
            let message = format!("an account has at most {most} goals; delete one");
            return Err(ApiError::new(ErrorCode::TooManyGoals, message));
        }
        let goal = find(conn, identity, params, id).await?;
        idempotency::record(conn, identity, key.as_ref(), &goal).await?;
        Ok(goal)
    })
    .await
}

pub async fn list(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
) -> ApiResult<Vec<GoalAnswer>> {
    let conn = state.pool.get().await?;
    let days = params.days(&conn, identity, (None, None)).await?;
    let goals = store::list(&conn, identity).await?;
    // The queries are pipelined on one connection.
    try_join_all(goals.into_iter().map(|goal| progress(&conn, goal, &days, params.week_start)))
        .await
}

pub async fn get(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    id: Uuid,
) -> ApiResult<GoalAnswer> {
    find(&*state.pool.get().await?, identity, params, id).await
}

async fn find(
    conn: &AsyncPgConnection,
    identity: Identity,
    params: &DayParams,
    id: Uuid,
) -> ApiResult<GoalAnswer> {
    let days = params.days(conn, identity, (None, None)).await?;
    let goal = identity.found(store::find(conn, identity, id).await?, conn).await?;
    progress(conn, goal, &days, params.week_start).await
}

pub async fn update(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    id: Uuid,
    target: Option<f64>,
) -> ApiResult<GoalAnswer> {
    let mut conn = state.pool.get().await?;
    // `find` checks the parameters after the update. If it fails, the transaction is rolled back.
    conn.transaction::<_, ApiError, _>(async |conn| {
        if let Some(target) = target {
            store::set_target(conn, identity, id, target).await?;
        }
        find(conn, identity, params, id).await
    })
    .await
}

pub async fn delete(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    let is_deleted = store::delete(&conn, identity, id).await?;
    identity.found(is_deleted.then_some(()), &conn).await
}
