//! HTTP handlers of sessions.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    service,
    types::{RefreshBody, Sessions},
};
use crate::{
    auth::{AuthResponse, CurrentUser, Device, RefreshCookie, attempts, no_refresh_cookie},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath},
    state::WorkerState,
};

/// Refresh the tokens
///
/// Returns a new access token and a new refresh token. The old refresh token stays valid until one
/// of the new tokens is used, so that a lost response can be requested again. If it is used after
/// that, somebody else has a copy, and the session ends.
///
/// With `cookie` and without `refresh_token`, the token in the browser's cookie is used.
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
    cookie: RefreshCookie,
    body: ApiJson<RefreshBody>,
) -> ApiResult<HttpResponse> {
    let (token, token_in) = body.0.parse()?;
    // A script cannot see whether the cookie exists. A request without it is no failed attempt.
    let token = token.or(cookie.0).ok_or_else(service::invalid_refresh_token)?;
    let refreshed = service::refresh(&state, &token, &device).await;
    let response = attempts::count_failure(&state, &device, refreshed).await?;
    Ok(response.answer(token_in))
}

/// Log out
///
/// Ends this session. Its tokens become invalid, and the refresh cookie of a browser is cleared.
#[utoipa::path(
    post, path = "/auth/logout", operation_id = "logout", tag = "Sessions",
    responses((status = 204, description = "The session has ended")),
)]
pub async fn logout(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    cookie: RefreshCookie,
) -> ApiResult<HttpResponse> {
    service::end(&state, user.identity(), user.session_id, &device).await?;
    let mut answer = HttpResponse::NoContent();
    if cookie.0.is_some() {
        answer.cookie(no_refresh_cookie(state.is_behind_tls));
    }
    Ok(answer.finish())
}

/// List sessions
///
/// At most 100, most recently used first.
#[utoipa::path(
    get, path = "/me/sessions", operation_id = "list_sessions", tag = "Sessions",
    responses((status = 200, description = "The sessions", body = Sessions)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let sessions = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Sessions { sessions }))
}

/// End a session
///
/// Its tokens are rejected from now on.
#[utoipa::path(
    delete, path = "/me/sessions/{id}", operation_id = "end_session", tag = "Sessions",
    params(("id" = Uuid, Path, description = "Id of the session")),
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
///
/// Their tokens are rejected from now on. This session stays.
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
