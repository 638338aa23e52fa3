//! HTTP handlers of sessions.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    service,
    types::{RefreshBody, Sessions},
};
use crate::{
    auth::{AuthResponse, CurrentUser, Device, attempts},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath},
    state::WorkerState,
};

/// Refresh the tokens
///
/// Returns a new access token and a new refresh token. The old refresh token stays valid until one
/// of the new tokens is used, so that a lost response can be requested again. If it is used after
/// that, somebody else has a copy, and the session ends.
#[utoipa::path(
    post, path = "/auth/refresh", operation_id = "refresh_tokens", tag = "Sessions",
    security(()),
    request_body = RefreshBody,
    responses((status = 200, description = "The new tokens", body = AuthResponse)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidRefreshToken]))),
)]
pub async fn refresh(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<RefreshBody>,
) -> ApiResult<HttpResponse> {
    let refreshed = async { service::refresh(&state, &body.0.parse()?, &device).await };
    let response = attempts::count_failure(&state, &device, refreshed.await).await?;
    Ok(response.answer())
}

/// Log out
///
/// Ends this session. Its tokens become invalid.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logout", tag = "Sessions",
    responses((status = 204, description = "The session has ended")),
)]
pub async fn logout(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
) -> ApiResult<HttpResponse> {
    service::end(&state, user.identity(), user.session_id, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// List sessions
///
/// At most 100, most recently used first.
#[utoipa::path(
    get, path = "/me/sessions", operation_id = "list_sessions", tag = "Sessions",
    responses((status = 200, description = "The sessions, most recently used first", body = Sessions)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let sessions = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Sessions { sessions }))
}

/// End a session
#[utoipa::path(
    delete, path = "/me/sessions/{id}", operation_id = "end_session", tag = "Sessions",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "The session has ended")),
)]
pub async fn end(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::end(&state, user.identity(), id.0, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// End all other sessions
#[utoipa::path(
    delete, path = "/me/sessions", operation_id = "end_other_sessions", tag = "Sessions",
    responses((status = 204, description = "The other sessions have ended")),
)]
pub async fn end_others(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
) -> ApiResult<HttpResponse> {
    service::end_others(&state, user.identity(), &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
