//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    service,
    types::{CreatedToken, NewTokenBody, Tokens},
};
use crate::{
    auth::{CurrentUser, Device},
    error::{ApiResult, ErrorCode},
    http::{ApiPath, IdempotencyKeyParam, IdempotentJson},
    state::WorkerState,
};

/// Make a token for a script or a device. Its secret is in this answer and nowhere else.
///
/// It ends when it expires, when it is deleted, and with whatever ends all sessions, such as a new password.
#[utoipa::path(
    post, path = "/me/tokens", operation_id = "create_token", tag = "Ways in",
    params(IdempotencyKeyParam),
    request_body = NewTokenBody,
    responses((status = 201, description = "The token", body = CreatedToken)),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::TooManyTokens, ErrorCode::IdempotencyKeyReused,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    request: IdempotentJson<NewTokenBody>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse()?;
    let created = service::create(&state, user.identity(), request.key, new, &device).await?;
    Ok(HttpResponse::Created().json(created))
}

/// The tokens that have not expired, without their secrets.
#[utoipa::path(
    get, path = "/me/tokens", operation_id = "list_tokens", tag = "Ways in",
    responses((status = 200, description = "Newest first", body = Tokens)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let tokens = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Tokens { tokens }))
}

/// End a token.
#[utoipa::path(
    delete, path = "/me/tokens/{id}", operation_id = "delete_token", tag = "Ways in",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Ended")),
)]
pub async fn delete(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity(), id.0, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
