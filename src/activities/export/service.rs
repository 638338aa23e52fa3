//! Reads the log piece by piece.

use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{pieces::Pieces, store};
use crate::{
    activities::{
        list::{Cursor, Filter, Value},
        types::Activity,
    },
    credentials::Identity,
    error::ApiResult,
    state::WorkerState,
};

/// Where the next piece starts.
#[derive(Clone, Copy, Debug, Default)]
pub struct ExportPosition {
    last: Option<(DateTime<Utc>, Uuid)>,
    pieces: Pieces,
}

/// The piece at a place, and the place after it; `None` at the end. The connection is held only
/// while the piece is read.
pub async fn piece(
    state: &WorkerState,
    identity: Identity,
    filter: &Filter,
    ExportPosition { last, mut pieces }: ExportPosition,
) -> ApiResult<Option<(Vec<Activity>, ExportPosition)>> {
    let conn = state.pool.get().await?;
    let after = last.map(|(time, id)| Cursor { value: Value::Time(time), id });
    let sizes = store::sizes(&conn, identity, filter, after, pieces.look_at()).await?;
    let Some(fitting) = pieces.fitting(&sizes) else {
        identity.confirm(&conn).await?;
        return Ok(None);
    };
    let activities = store::after(&conn, identity, filter, after, fitting).await?;
    let Some(last) = activities.last() else {
        // The activities have been deleted since, or the session has ended.
        identity.confirm(&conn).await?;
        return Ok(None);
    };
    let last = Some((last.summary.started_at, last.summary.id));
    Ok(Some((activities, ExportPosition { last, pieces })))
}
