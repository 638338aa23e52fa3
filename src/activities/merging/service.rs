//! Business rules of unmerging.

use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::store;
use crate::{
    activities::{store as activities, types::Activity},
    credentials::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// Unmerges all records of an activity, and removes the values that it had from them.
pub async fn unmerge(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Activity> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        // A change of a record is passed on to the shown activity, which is locked first for this.
        activities::lock_names(conn, identity.user_id).await?;
        let found = store::lock(conn, identity, id).await?;
        let id = identity.found(found, conn).await?;
        store::take_apart(conn, identity.user_id, id).await?;
        identity.found(activities::find(conn, identity, id).await?, conn).await
    })
    .await
}
