//! Reading the log piece by piece.

use super::store;
use crate::{
    activities::{
        list::{Cursor, Filter, Value},
        types::Activity,
    },
    auth::Identity,
    error::ApiResult,
    state::WorkerState,
};

/// Activities that are in memory at once: with all the device data they may have, 25 MiB.
const PIECE: i64 = 50;

/// The piece after `after`, and where the next one begins if there is one. A connection is held no
/// longer than it takes.
pub async fn piece(
    state: &WorkerState,
    identity: Identity,
    filter: &Filter,
    after: Option<Cursor>,
) -> ApiResult<(Vec<Activity>, Option<Cursor>)> {
    let conn = state.pool.get().await?;
    let activities = store::after(&conn, identity, filter, after, PIECE).await?;
    if activities.is_empty() {
        identity.confirm(&conn).await?;
    }
    let is_full = i64::try_from(activities.len()).is_ok_and(|length| length == PIECE);
    let next = activities
        .last()
        .filter(|_| is_full)
        .map(|last| Cursor { value: Value::Time(last.summary.started_at), id: last.summary.id });
    Ok((activities, next))
}
