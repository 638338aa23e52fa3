//! HTTP handlers for single activities and their list.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, ETag},
    web::Data,
};
use uuid::Uuid;

use super::{
    batch::OnExisting,
    body::{ActivityBody, NewActivityBody},
    list::{CursorKey, FilterParams, PageParams},
    service::{self, Page},
    types::Activity,
    written::WrittenActivity,
};
use crate::{
    auth::{
        Permitted,
        tokens::{ReadsActivities, WritesActivities},
    },
    error::{ApiResult, ErrorCode},
    http::{
        ApiJson, ApiPath, ApiQuery, IdempotencyKeyParam, IdempotentJson, IfAbsent, IfAbsentParam,
        IfMatch, IfMatchParam, IfNoneMatchParam, cached, revision_tag, tagged,
    },
    state::WorkerState,
};

/// Largest request body in bytes: fits 512 KiB of device data.
const MAX_BODY: usize = 1024 * 1024;

/// List activities
///
/// Newest first by default; ties are ordered by id. Follow `next_cursor` until it is `null`: the
/// pages contain every activity that existed the whole time exactly once.
#[utoipa::path(
    get, path = "/activities", operation_id = "list_activities", tag = "Activities",
    params(FilterParams, PageParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "A page of activities", body = Page, headers(("ETag" = String))),
        (status = 304, description = "Not modified: the client has this page", headers(("ETag" = String))),
    ),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCursor]))),
)]
pub async fn list(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    filter: ApiQuery<FilterParams>,
    params: ApiQuery<PageParams>,
) -> ApiResult<HttpResponse> {
    let keys = CursorKey::new(&state.server_key, user.user_id);
    let page = params.0.parse(filter.0.parse()?, &keys)?;
    let page = service::list(&state, user.identity(), &keys, page).await?;
    tagged(&request, None, &page).map(cached)
}

/// Create an activity
///
/// If an activity with this `source` and `external_id` exists, it is replaced; with
/// `If-None-Match: *`, the request fails with 412 instead. Use a separate `source` for each app.
/// With an `id`, the same request again returns the activity, and a different one fails with 409
/// `id_taken`. If another source has already logged the same activity, the new record is merged
/// into it: the response is 200 with the activity that is shown, and its `merged` lists the record.
#[utoipa::path(
    post, path = "/activities", operation_id = "create_activity", tag = "Activities",
    params(IdempotencyKeyParam, IfAbsentParam),
    request_body = NewActivityBody,
    responses(
        (
            status = 201, description = "The whole activity; without `activities:read`, its id and revision", body = WrittenActivity,
            headers(("Location" = String, description = "Path of the activity"), ("ETag" = String)),
        ),
        (
            status = 200, description = "Like 201, for an activity that already existed", body = WrittenActivity,
            headers(("ETag" = String)),
        ),
    ),
    extensions(("x-error-codes" = json!([
        ErrorCode::IdempotencyKeyReused, ErrorCode::AlreadyExists, ErrorCode::AlreadyDeleted,
        ErrorCode::IdTaken,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    is_for_absent: IfAbsent,
    request: IdempotentJson<NewActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse()?;
    let on_existing = if is_for_absent.0 { OnExisting::Keep } else { OnExisting::Replace };
    let kept = service::create(&state, user.identity(), request.key, new, on_existing).await?;
    let (id, revision) = (kept.activity.summary.id, kept.activity.summary.revision);
    let mut answer = if kept.is_new { HttpResponse::Created() } else { HttpResponse::Ok() };
    if kept.is_new {
        answer.insert_header((header::LOCATION, format!("/activities/{id}")));
    }
    let written = WrittenActivity::shown_to(&user, kept.activity);
    Ok(answer.insert_header(ETag(revision_tag(revision))).json(written))
}

/// Get an activity
///
/// Includes laps, sets, device data and merged records, which lists leave out.
#[utoipa::path(
    get, path = "/activities/{id}", operation_id = "get_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), IfNoneMatchParam),
    responses(
        (status = 200, description = "The whole activity", body = Activity, headers(("ETag" = String))),
        (status = 304, description = "Not modified: the client has this revision", headers(("ETag" = String))),
    ),
)]
pub async fn get(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let activity = service::get(&state, user.identity(), id.0).await?;
    tagged(&request, Some(revision_tag(activity.summary.revision)), &activity).map(cached)
}

/// Update an activity
///
/// Absent fields stay unchanged; `null` clears a field.
#[utoipa::path(
    put, path = "/activities/{id}", operation_id = "update_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), IfMatchParam),
    request_body = ActivityBody,
    responses((
        status = 200, description = "The whole activity; without `activities:read`, its id and revision",
        body = WrittenActivity, headers(("ETag" = String)),
    )),
    extensions(("x-error-codes" = json!([
        ErrorCode::VersionMismatch, ErrorCode::ExternalIdTaken,
    ]))),
)]
pub async fn update(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
    expected: IfMatch,
    body: ApiJson<ActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let changes = body.0.parse_changes()?;
    let activity = service::update(&state, user.identity(), id.0, &expected, changes).await?;
    let tag = revision_tag(activity.summary.revision);
    let written = WrittenActivity::shown_to(&user, activity);
    Ok(HttpResponse::Ok().insert_header(ETag(tag)).json(written))
}

/// Delete an activity
///
/// `GET /activities/changes` reports the deletion, so that copies of the log can apply it.
#[utoipa::path(
    delete, path = "/activities/{id}", operation_id = "delete_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), IfMatchParam),
    responses((status = 204, description = "Deleted")),
    extensions(("x-error-codes" = json!([ErrorCode::VersionMismatch]))),
)]
pub async fn delete(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
    expected: IfMatch,
) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity(), id.0, &expected).await?;
    Ok(HttpResponse::NoContent().finish())
}
