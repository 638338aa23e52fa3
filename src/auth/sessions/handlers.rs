//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;
use uuid::Uuid;

use super::{Device, service, types::RefreshBody};
use crate::{
    auth::CurrentUser,
    error::ApiResult,
    http::{ApiJson, ApiPath},
    state::WorkerState,
};

/// `POST /auth/refresh`: 200 AuthResponse with the next refresh token; 401 `invalid_refresh_token`.
pub async fn refresh(
    state: Data<WorkerState>,
    body: ApiJson<RefreshBody>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::refresh(&state, &body.0.parse()?).await?))
}

/// `POST /auth/logout`: 204; the session's tokens are refused from then on.
pub async fn logout(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
) -> ApiResult<HttpResponse> {
    service::end(&state, user.identity(), user.session_id, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `GET /me/sessions`: the newest 100.
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let sessions = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(json!({"sessions": sessions})))
}

/// `DELETE /me/sessions/{id}`: 204; 404 for what is no session of one's own.
pub async fn end(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::end(&state, user.identity(), id.0, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// `DELETE /me/sessions`: 204; all but the one that asks.
pub async fn end_others(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
) -> ApiResult<HttpResponse> {
    service::end_others(&state, user.identity(), &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
