//! HTTP to service and back.

use actix_web::{HttpResponse, http::header, web::Data};
use uuid::Uuid;

use super::{body::ActivityBody, cursor::CursorKey, list::ListParams, service};
use crate::{
    auth::CurrentUser,
    error::ApiResult,
    http::{ApiJson, ApiPath, ApiQuery},
    state::WorkerState,
};

/// Room for 512 KiB of device data.
const MAX_BODY: usize = 1024 * 1024;

/// `GET /activities`: newest first, by cursor or offset.
pub async fn list(
    state: Data<WorkerState>,
    user: CurrentUser,
    params: ApiQuery<ListParams>,
) -> ApiResult<HttpResponse> {
    let keys = CursorKey::new(&state.server_key, user.user_id);
    let request = params.0.parse(&keys)?;
    Ok(HttpResponse::Ok().json(service::list(&state, user.identity(), &keys, request).await?))
}

/// `POST /activities`: 201 with `Location`.
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<ActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let activity = service::create(&state, user.identity(), body.0.parse_new()?).await?;
    let location = format!("/activities/{}", activity.summary.id);
    Ok(HttpResponse::Created().insert_header((header::LOCATION, location)).json(activity))
}

/// `GET /activities/{id}`.
pub async fn get(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::get(&state, user.identity(), id.0).await?))
}

/// `PUT /activities/{id}`: absent fields stay, `null` clears.
pub async fn update(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
    body: ApiJson<ActivityBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let activity = service::update(&state, user.identity(), id.0, body.0.parse_changes()?).await?;
    Ok(HttpResponse::Ok().json(activity))
}

/// `DELETE /activities/{id}`: 204.
pub async fn delete(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
