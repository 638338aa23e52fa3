//! HTTP handlers of personal access tokens.

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

/// Create a personal access token
///
/// The secret is only in this response. The token ends when it expires, when it is deleted, and
/// when all sessions end, for example because of a new password.
#[utoipa::path(
    post, path = "/me/tokens", operation_id = "create_token", tag = "Access",
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

/// List personal access tokens
///
/// The tokens that have not expired, without their secrets.
#[utoipa::path(
    get, path = "/me/tokens", operation_id = "list_tokens", tag = "Access",
    responses((status = 200, description = "The tokens, newest first", body = Tokens)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let tokens = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Tokens { tokens }))
}

/// Delete a personal access token
///
/// It is rejected from now on.
#[utoipa::path(
    delete, path = "/me/tokens/{id}", operation_id = "delete_token", tag = "Access",
    params(("id" = Uuid, Path, description = "Id of the token")),
    responses((status = 204, description = "Deleted")),
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
