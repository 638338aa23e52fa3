//! HTTP to service and back.

use actix_web::{HttpResponse, http::header, web::Data};
use uuid::Uuid;

use super::{
    body::{ActivityBody, NewActivityBody},
    cursor::CursorKey,
    list::ListParams,
    service::{self, Page},
    types::Activity,
};
use crate::{
    auth::CurrentUser,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath, ApiQuery},
    state::WorkerState,
};

/// Room for 512 KiB of device data.
const MAX_BODY: usize = 1024 * 1024;

/// Activities, newest first, ties by id.
///
/// Follow `next_cursor` until it is `null`: such a walk sees every activity that existed throughout exactly once.
#[utoipa::path(
    get, path = "/activities", operation_id = "list_activities", tag = "Activities",
    params(ListParams),
    responses((status = 200, description = "A page", body = Page)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCursor]))),
)]
pub async fn list(
    state: Data<WorkerState>,
    user: CurrentUser,
    params: ApiQuery<ListParams>,
) -> ApiResult<HttpResponse> {
    let keys = CursorKey::new(&state.server_key, user.user_id);
    let request = params.0.parse(&keys)?;
    Ok(HttpResponse::Ok().json(service::list(&state, user.identity(), &keys, request).await?))
}

/// Log an activity.
#[utoipa::path(
    post, path = "/activities", operation_id = "create_activity", tag = "Activities",
    request_body = NewActivityBody,
    responses(
        (
            status = 201, description = "The whole activity", body = Activity,
            headers(("Location" = String, description = "Its path")),
        ),
    ),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<NewActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let activity = service::create(&state, user.identity(), body.0.parse()?).await?;
    let location = format!("/activities/{}", activity.summary.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(activity))
}

/// The whole activity.
#[utoipa::path(
    get, path = "/activities/{id}", operation_id = "get_activity", tag = "Activities",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The whole activity", body = Activity)),
)]
pub async fn get(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::get(&state, user.identity(), id.0).await?))
}

/// Change an activity: absent fields stay, `null` clears.
#[utoipa::path(
    put, path = "/activities/{id}", operation_id = "update_activity", tag = "Activities",
    params(("id" = Uuid, Path)),
    request_body = ActivityBody,
    responses((status = 200, description = "The whole activity", body = Activity)),
)]
pub async fn update(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
    body: ApiJson<ActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let activity = service::update(&state, user.identity(), id.0, body.0.parse_changes()?).await?;
    Ok(HttpResponse::Ok().json(activity))
}

/// Delete an activity.
#[utoipa::path(
    delete, path = "/activities/{id}", operation_id = "delete_activity", tag = "Activities",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Gone")),
)]
pub async fn delete(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
