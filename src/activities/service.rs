//! The rules of the log.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    cursor::{Cursor, CursorKey},
    list::{PageRequest, Start},
    store,
    types::{Activity, ActivityChanges, ActivitySummary, NewActivity},
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// The answer of `GET /activities`.
#[derive(Serialize, ToSchema)]
#[schema(as = ActivitiesPage)]
pub struct Page {
    activities: Vec<ActivitySummary>,
    limit: i64,
    /// For the next page; `null` on the last.
    #[schema(required)]
    next_cursor: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    offset: Option<i64>,
}

pub async fn get(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Activity> {
    let read = async |conn: &_| identity.found(store::find(conn, identity, id).await?, conn).await;
    state.point_reads.run(read).await
}

pub async fn list(
    state: &WorkerState,
    identity: Identity,
    keys: &CursorKey<'_>,
    request: PageRequest,
) -> ApiResult<Page> {
    let read = async |conn: &_| {
        let activities = store::list(conn, identity, &request).await?;
        if activities.is_empty() {
            identity.confirm(conn).await?;
        }
        Ok(activities)
    };
    let mut activities = if request.is_bounded() {
        state.point_reads.run(read).await?
    } else {
        let conn = state.pool.get().await?;
        read(&conn).await?
    };
    let limit = usize::try_from(request.limit).map_err(ApiError::internal)?;
    let has_more = activities.len() > limit;
    activities.truncate(limit);
    let next_cursor = activities.last().filter(|_| has_more).map(|last| {
        keys.seal(Cursor { started_at: last.started_at, id: last.id }, &request.filter)
    });
    let offset = if let Start::Offset(offset) = request.start { Some(offset) } else { None };
    Ok(Page { activities, limit: request.limit, next_cursor, offset })
}

pub async fn create(
    state: &WorkerState,
    identity: Identity,
    new: NewActivity,
) -> ApiResult<Activity> {
    let conn = state.pool.get().await?;
    let created =
        store::insert(&conn, identity, new).await?.ok_or_else(ApiError::invalid_access_token)?;
    state.metrics.activities_created.inc();
    Ok(created)
}

pub async fn update(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    changes: ActivityChanges,
) -> ApiResult<Activity> {
    let conn = state.pool.get().await?;
    identity.found(store::update(&conn, identity, id, changes).await?, &conn).await
}

pub async fn delete(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Uuid> {
    let conn = state.pool.get().await?;
    identity.found(store::delete(&conn, identity, id).await?, &conn).await
}
