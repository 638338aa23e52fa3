//! Business rules of the log.

use diesel_async::{AsyncConnection, AsyncPgConnection};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{
    batch::{self, OnExisting, Outcome},
    include::{self, Listed},
    list::{self, Cursor, CursorKey, PageRequest, Start},
    merging::{self, Candidate},
    store::{self, Update},
    types::{Activity, ActivityChanges, ActivitySummary, NewActivity},
    written::StoredActivity,
};
use crate::{
    activities,
    credentials::Identity,
    error::{ApiError, ApiResult, ErrorCode},
    http::IfMatch,
    idempotency::{self, IdempotencyKey},
    state::WorkerState,
};

/// Pages are cut at this size: the notes of one activity alone may take 40 KB.
const MAX_PAGE_BYTES: usize = 1024 * 1024;

/// Response of `GET /activities`.
#[derive(Serialize, ToSchema)]
#[schema(as = ActivitiesPage)]
pub struct Page {
    activities: Vec<Listed>,
    limit: i64,
    /// Cursor of the next page; `null` on the last page.
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
        let activities = list::page(conn, identity, &request).await?;
        if activities.is_empty() {
            identity.confirm(conn).await?;
        }
        Ok(activities)
    };
    let limit = usize::try_from(request.limit).map_err(ApiError::internal)?;
    // With an offset, the page is not cut: the client would skip what was left out.
    let counts = matches!(request.start, Start::Offset(_));
    let first = |found: Vec<ActivitySummary>| {
        let fitting = if counts { limit } else { limit.min(fitting(&found)) };
        first(found, fitting)
    };
    let (activities, has_more) = if request.include.is_any() {
        let mut conn = state.pool.get().await?;
        // One snapshot, so that the included fields belong to the same revision.
        let mut transaction = conn.build_transaction().read_only().repeatable_read();
        transaction
            .run::<_, ApiError, _>(async |conn| {
                let (mut page, mut has_more) = first(read(conn).await?);
                let user_id = identity.user_id;
                let all = page.iter_mut().collect();
                let fitting = include::fill(conn, user_id, request.include, all).await?;
                has_more |= fitting < page.len();
                page.truncate(fitting);
                Ok((page, has_more))
            })
            .await?
    } else if request.is_bounded() {
        first(state.point_reads.run(read).await?)
    } else {
        let conn = state.pool.get().await?;
        first(read(&conn).await?)
    };
    let next_cursor =
        activities.last().filter(|_| has_more).map(|Listed { summary: last, .. }| {
            let cursor = Cursor { value: request.sort.value(last), id: last.id };
            keys.seal(cursor, &request.filter, request.sort)
        });
    let next_cursor = next_cursor.transpose()?;
    let offset = if let Start::Offset(offset) = request.start { Some(offset) } else { None };
    Ok(Page { activities, limit: request.limit, next_cursor, offset })
}

/// How many of `activities` fit into a page of [`MAX_PAGE_BYTES`]: at least one, if there are any.
fn fitting(activities: &[ActivitySummary]) -> usize {
    let mut bytes = 0;
    let fitting = activities.iter().take_while(|activity| {
        let fits = bytes < MAX_PAGE_BYTES;
        bytes += activity.bytes();
        fits
    });
    fitting.count()
}

/// The first `limit` activities, and whether there are more.
fn first(activities: Vec<ActivitySummary>, limit: usize) -> (Vec<Listed>, bool) {
    let has_more = activities.len() > limit;
    (activities.into_iter().take(limit).map(Listed::from).collect(), has_more)
}

/// Stores `new`. Fails with 409 `id_taken` if an activity with its id exists and has other content.
/// If an activity with its `source` and `external_id` exists, `new` replaces it, or
/// with [`OnExisting::Keep`] fails with 412 `already_exists` or `already_deleted`. If another
/// source has already logged the activity, `new` is merged into it, and that activity is returned.
pub async fn create(
    state: &WorkerState,
    identity: Identity,
    key: Option<IdempotencyKey>,
    new: NewActivity,
    on_existing: OnExisting,
) -> ApiResult<StoredActivity> {
    let mut conn = state.pool.get().await?;
    let is_plain = new.id.is_none() && new.external_id().is_none() && new.source.is_manual();
    let (kept, is_replay) = if key.is_none() && is_plain {
        // A single statement needs no transaction.
        (insert(&conn, identity, new).await?, false)
    } else {
        conn.transaction::<_, ApiError, _>(async |conn| {
            let answered =
                idempotency::answered::<StoredActivity>(conn, identity, key.as_ref()).await?;
            if let Some(mut kept) = answered {
                let parts = if kept.activity.is_merged() {
                    let now = store::find(conn, identity, kept.activity.summary.id).await?;
                    now.map(|mut now| now.abridge()).unwrap_or_default()
                } else {
                    // The fields that were too long to record are in the repeated request.
                    new.parts()
                };
                kept.activity.complete(parts);
                return Ok((kept, true));
            }
            let mut kept = write(conn, identity, new, on_existing).await?;
            let parts = kept.activity.abridge();
            idempotency::record(conn, identity, key.as_ref(), &kept).await?;
            kept.activity.complete(parts);
            Ok((kept, false))
        })
        .await?
    };
    if kept.is_new && !is_replay {
        state.metrics.activities_created.inc();
    }
    Ok(kept)
}

async fn write(
    conn: &AsyncPgConnection,
    identity: Identity,
    new: NewActivity,
    on_existing: OnExisting,
) -> ApiResult<StoredActivity> {
    if new.id.is_none() && new.external_id().is_none() {
        // Activities logged by hand are not merged.
        if new.source.is_manual() {
            return insert(conn, identity, new).await;
        }
        // Another source of this user may be storing the same activity at this moment.
        activities::lock_names(conn, identity.user_id).await?;
        let (user_id, candidate) = (identity.user_id, Candidate::of(&new));
        if merging::find_one_same(conn, user_id, &candidate, None).await?.is_none() {
            return insert(conn, identity, new).await;
        }
    }
    upsert(conn, identity, new, on_existing).await
}

async fn insert(
    conn: &AsyncPgConnection,
    identity: Identity,
    new: NewActivity,
) -> ApiResult<StoredActivity> {
    let inserted = store::insert(conn, identity, new).await?;
    let activity = inserted.ok_or_else(ApiError::invalid_access_token)?;
    Ok(StoredActivity { activity, is_new: true })
}

async fn upsert(
    conn: &AsyncPgConnection,
    identity: Identity,
    new: NewActivity,
    on_existing: OnExisting,
) -> ApiResult<StoredActivity> {
    let outcome = batch::keep(conn, identity, vec![new], on_existing).await?.pop();
    let (id, is_new) = match outcome {
        Some(Outcome::Created { id, .. }) => (id, true),
        Some(
            Outcome::Updated { id, .. }
            | Outcome::Unchanged { id, .. }
            | Outcome::Merged { id, .. },
        ) => (id, false),
        Some(Outcome::Kept { .. }) => {
            let message =
                "an activity with this id, or with this source and external_id, already exists";
            return Err(ApiError::new(ErrorCode::AlreadyExists, message));
        }
        Some(Outcome::Deleted { .. }) => {
            let message =
                "the activity with this id, or with this source and external_id, was deleted";
            return Err(ApiError::new(ErrorCode::AlreadyDeleted, message));
        }
        Some(Outcome::Error(error)) => return Err(error.into()),
        None => return Err(ApiError::internal("the upsert has no outcome")),
    };
    let activity = identity.found(store::find(conn, identity, id).await?, conn).await?;
    Ok(StoredActivity { activity, is_new })
}

/// Updates an activity. A change that changes nothing returns the activity with its revision
/// unchanged. Errors: 422 if the activity would become too large; 412 `version_mismatch` if it
/// has none of the expected revisions; 409 `external_id_taken` if another activity has this
/// `source` and `external_id`.
pub async fn update(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    expected: &IfMatch,
    changes: ActivityChanges,
) -> ApiResult<Activity> {
    let mut conn = state.pool.get().await?;
    let gives_name = changes.details.external_id.is_some() || changes.source.is_some();
    let grown = changes.details.large_fields();
    let changed = if gives_name || !grown.is_empty() {
        conn.transaction::<_, ApiError, _>(async |conn| {
            if gives_name {
                activities::lock_names(conn, identity.user_id).await?;
            }
            let updated = store::update(conn, identity, id, expected.revisions(), changes).await;
            let updated = updated.map_err(store::why_not)?;
            if let Update::Changed(activity) = &updated {
                activity.check_size(&grown)?;
            }
            Ok(updated)
        })
        .await?
    } else {
        store::update(&conn, identity, id, expected.revisions(), changes)
            .await
            .map_err(store::why_not)?
    };
    match changed {
        Update::Changed(activity) | Update::Unchanged(activity) => Ok(activity),
        Update::NotFound => Err(not_changed(&conn, identity, id, expected).await),
    }
}

/// Deletes an activity. Errors: 412, as for [`update`].
pub async fn delete(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
    expected: &IfMatch,
) -> ApiResult<()> {
    let conn = state.pool.get().await?;
    match store::delete(&conn, identity, id, expected.revisions()).await? {
        Some(_) => Ok(()),
        None => Err(not_changed(&conn, identity, id, expected).await),
    }
}

/// The error for a conditional change that matched no row.
async fn not_changed(
    conn: &AsyncPgConnection,
    identity: Identity,
    id: Uuid,
    expected: &IfMatch,
) -> ApiError {
    let found = async { identity.found(store::find(conn, identity, id).await?, conn).await };
    found.await.map_or_else(|error: ApiError| error, |_| expected.failed())
}
