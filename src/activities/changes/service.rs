//! Reads the feed of changes.

use std::time::Duration;

use chrono::TimeDelta;
use diesel_async::AsyncPgConnection;
use tokio::time::{Instant, timeout_at};
use uuid::Uuid;

use super::{
    notifier::ChangeNotifier,
    position::Position,
    store,
    types::{Change, Changes},
};
use crate::{
    activities::include::{self, Include, Listed},
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    fair_use,
    state::WorkerState,
};

/// A response is cut at this size: the notes of one activity alone may take 40 KB.
const MAX_BYTES: usize = 1024 * 1024;

/// Activities read at a time: 4 MB if they have the longest notes.
const PIECE: i64 = 101;

/// How long a server that is shutting down lets a client wait.
const LEAVING_WAIT: Duration = Duration::from_secs(1);

/// The changes since `since`. If there are none, waits up to `wait` for one. 429 `rate_limited` if
/// too many requests of the user are waiting.
pub async fn read(
    state: &WorkerState,
    notifier: &ChangeNotifier,
    identity: Identity,
    since: Option<Position>,
    (limit, include): (i64, Include),
    wait: Duration,
) -> ApiResult<Changes> {
    let page = read_now(state, identity, since, (limit, include)).await?;
    if !page.changes.is_empty() || wait.is_zero() {
        return Ok(page);
    }
    let _follower = fair_use::follow()?;
    if state.is_leaving() {
        // Wait a little, because the client sends its next request at once.
        tokio::time::sleep(wait.min(LEAVING_WAIT)).await;
        return Ok(page);
    }
    let deadline = Instant::now() + wait;
    let mut waiting = notifier.wait_for(identity.user_id);
    {
        let conn = state.pool.get().await?;
        let seconds = i32::try_from(wait.as_secs()).unwrap_or(i32::MAX).saturating_add(1);
        store::await_changes(&conn, identity.user_id, seconds).await?;
    }
    loop {
        let page = read_now(state, identity, since, (limit, include)).await?;
        if !page.changes.is_empty()
            || !timeout_at(deadline, waiting.changed()).await.unwrap_or(false)
        {
            return Ok(page);
        }
    }
}

/// The earliest `limit` activities that changed after `revision`, or as many as fill a response.
async fn changed(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    revision: i64,
    limit: i64,
) -> ApiResult<Vec<Change>> {
    let (mut changes, mut bytes, mut left) = (Vec::new(), 0, limit);
    loop {
        let after = changes.last().map_or(revision, Change::revision);
        let piece = store::changed(conn, user_id, after, left.min(PIECE)).await?;
        let is_last = i64::try_from(piece.len()).is_ok_and(|length| length < PIECE);
        left -= PIECE;
        bytes += piece.iter().map(Change::bytes).sum::<usize>();
        changes.extend(piece);
        // Reading one more than fits shows that there are more.
        if is_last || left <= 0 || bytes > 2 * MAX_BYTES {
            return Ok(changes);
        }
    }
}

async fn read_now(
    state: &WorkerState,
    identity: Identity,
    since: Option<Position>,
    part: (i64, Include),
) -> ApiResult<Changes> {
    let mut conn = state.pool.get().await?;
    // One snapshot: otherwise a change between two statements would be skipped.
    let (changes, has_more, next) = conn
        .build_transaction()
        .read_only()
        .repeatable_read()
        .run(async |conn| changes(conn, identity, since, part).await)
        .await?;
    Ok(Changes { changes, has_more, next: next.seal(&state.server_key, identity.user_id) })
}

async fn changes(
    conn: &AsyncPgConnection,
    identity: Identity,
    since: Option<Position>,
    (limit, include): (i64, Include),
) -> ApiResult<(Vec<Change>, bool, Position)> {
    let head = store::head(conn, identity).await?.ok_or_else(ApiError::invalid_access_token)?;
    let since = since.unwrap_or(Position { revision: 0, ..head });
    let is_too_old = since.level_at < head.level_at - TimeDelta::days(store::RETENTION_DAYS.into());
    // A copy may contain changes that the database lost when it was restored from a backup.
    let is_lost = since.history != head.history || since.revision > head.revision;
    if is_too_old || is_lost {
        let message = "the changes since this position are not available; delete the copy and start again without `since`";
        return Err(ApiError::new(ErrorCode::ResyncRequired, message));
    }
    let one_more = limit + 1;
    let mut changes = changed(conn, identity.user_id, since.revision, one_more).await?;
    changes.extend(store::deleted(conn, identity.user_id, since.revision, one_more).await?);
    changes.sort_by_key(Change::revision);
    let limit = usize::try_from(limit).map_err(ApiError::internal)?;
    let mut bytes = 0;
    let fitting = changes.iter().take(limit).take_while(|change| {
        let fits = bytes < MAX_BYTES;
        bytes += change.bytes();
        fits
    });
    let fitting = fitting.count();
    let mut has_more = changes.len() > fitting;
    changes.truncate(fitting);
    if include.is_any() {
        let mut activities: Vec<&mut Listed> = Vec::new();
        for change in &mut changes {
            if let Change::Changed { activity } = change {
                activities.push(activity);
            }
        }
        let fitting = include::fill(conn, identity.user_id, include, activities).await?;
        let is_changed = |(_, change): &(usize, &Change)| matches!(change, Change::Changed { .. });
        let first_left = changes.iter().enumerate().filter(is_changed).nth(fitting);
        if let Some((index, _)) = first_left {
            changes.truncate(index);
            has_more = true;
        }
    }
    let revision = changes.last().map_or(since.revision, Change::revision);
    let next = if has_more { Position { revision, ..since } } else { head };
    Ok((changes, has_more, next))
}
