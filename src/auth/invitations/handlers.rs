//! HTTP handlers of invitations.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    service,
    types::{CreatedInvitation, Invitations, NewInvitationBody},
};
use crate::{
    auth::{CurrentUser, Device},
    error::{ApiResult, ErrorCode},
    http::{ApiPath, IdempotencyKeyParam, IdempotentJson},
    state::WorkerState,
};

/// Invite people to this server
///
/// The link is only in this response.
#[utoipa::path(
    post, path = "/me/invitations", operation_id = "create_invitation", tag = "Access",
    params(IdempotencyKeyParam),
    request_body = NewInvitationBody,
    responses((status = 201, description = "The invitation", body = CreatedInvitation)),
    extensions(("x-error-codes" = json!([
        ErrorCode::TooManyInvitations, ErrorCode::IdempotencyKeyReused,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    request: IdempotentJson<NewInvitationBody>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse()?;
    let created = service::create(&state, user.identity(), request.key, new, &device).await?;
    Ok(HttpResponse::Created().json(created))
}

/// List invitations
///
/// The invitations that have not expired.
#[utoipa::path(
    get, path = "/me/invitations", operation_id = "list_invitations", tag = "Access",
    responses((status = 200, description = "The invitations, newest first", body = Invitations)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::list(&state, user.identity()).await?))
}

/// Revoke an invitation
///
/// Accounts that were created with it stay.
#[utoipa::path(
    delete, path = "/me/invitations/{id}", operation_id = "delete_invitation", tag = "Access",
    params(("id" = Uuid, Path, description = "Id of the invitation")),
    responses((status = 204, description = "Revoked")),
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
