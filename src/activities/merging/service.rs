//! The rules of taking apart.

use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::store;
use crate::{
    activities::{store as activities, types::Activity},
    credentials::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// Shows all that stand behind an activity, and takes back what it had of them.
pub async fn unmerge(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Activity> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        // Whoever changes a record passes it on to the one that is shown, which is locked first here.
        activities::lock_names(conn, identity.user_id).await?;
        let found = store::lock(conn, identity, id).await?;
        let id = identity.found(found, conn).await?;
        store::take_apart(conn, identity.user_id, id).await?;
        identity.found(activities::find(conn, identity, id).await?, conn).await
    })
    .await
}
