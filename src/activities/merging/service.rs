//! The rules of taking apart.

use diesel_async::AsyncConnection;
use uuid::Uuid;

use super::{store, types::Merged};
use crate::{
    activities::{batch, store as activities, types::Activity},
    auth::Identity,
    error::{ApiError, ApiResult},
    state::WorkerState,
};

/// Shows all that stand behind an activity, and takes back what it had of them.
pub async fn unmerge(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Activity> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        // Whoever changes a record passes it on to the one that is shown, which is locked first here.
        batch::lock_names(conn, identity.user_id).await?;
        let found = store::lock_merged(conn, identity, id).await?;
        let merged: Vec<Merged> = match identity.found(found, conn).await? {
            Some(json) => serde_json::from_str(json.as_str()).map_err(ApiError::internal)?,
            None => Vec::new(),
        };
        for behind in &merged {
            store::take_apart(conn, identity.user_id, id, behind).await?;
        }
        identity.found(activities::find(conn, identity, id).await?, conn).await
    })
    .await
}
