//! HTTP handlers of webhooks.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    Challenger, service,
    types::{CreatedWebhook, NewWebhookBody, Webhook, WebhookBody, WebhookDeliveries, Webhooks},
};
use crate::{
    auth::{CurrentUser, Device},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath, IdempotencyKeyParam, IdempotentJson, Message},
    state::WorkerState,
};

/// Create a webhook
///
/// The secret is only in this response. First, a `webhook.challenge` is posted to the URL. The
/// receiver must return `data.challenge`, as the body or as the member `challenge` of a JSON
/// object. Until it has (`verified_at`), nothing else is posted. Events are posted and signed
/// according to Standard Webhooks, and retried for three days. If all deliveries fail for days, the
/// webhook is disabled and its owner is notified by mail.
#[utoipa::path(
    post, path = "/me/webhooks", operation_id = "create_webhook", tag = "Webhooks",
    params(IdempotencyKeyParam),
    request_body = NewWebhookBody,
    responses((status = 201, description = "The webhook", body = CreatedWebhook)),
    extensions(("x-error-codes" = json!([
        ErrorCode::TooManyWebhooks, ErrorCode::IdempotencyKeyReused,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    challenger: Data<Challenger>,
    user: CurrentUser,
    device: Device,
    request: IdempotentJson<NewWebhookBody>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse(&state.webhooks.allowed_networks)?;
    let created =
        service::create(&state, &challenger, user.identity(), request.key, new, &device).await?;
    Ok(HttpResponse::Created().json(created))
}

/// List webhooks
///
/// The response does not contain their secrets.
#[utoipa::path(
    get, path = "/me/webhooks", operation_id = "list_webhooks", tag = "Webhooks",
    responses((status = 200, description = "The webhooks, newest first", body = Webhooks)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let webhooks = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Webhooks { webhooks }))
}

/// Change, disable or enable a webhook
///
/// Absent fields stay unchanged. Enabling a disabled webhook resets `failing_since`.
#[utoipa::path(
    put, path = "/me/webhooks/{id}", operation_id = "update_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook")),
    request_body = WebhookBody,
    responses((status = 200, description = "The updated webhook", body = Webhook)),
)]
pub async fn update(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
    body: ApiJson<WebhookBody>,
) -> ApiResult<HttpResponse> {
    let webhook = service::update(&state, user.identity(), id.0, body.0.parse()?).await?;
    Ok(HttpResponse::Ok().json(webhook))
}

/// Delete a webhook
///
/// Nothing more is posted, and its delivery log is deleted.
#[utoipa::path(
    delete, path = "/me/webhooks/{id}", operation_id = "delete_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook")),
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

/// Send a challenge to a webhook
///
/// Posts a `webhook.challenge` at once. If the receiver does not return it, `challenge_error` says
/// why. Once the receiver has returned it for the first time, events are posted. Use this after you
/// have given the receiver its secret.
#[utoipa::path(
    post, path = "/me/webhooks/{id}/test", operation_id = "test_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The webhook, with the result of the challenge", body = Webhook)),
)]
pub async fn test(
    state: Data<WorkerState>,
    challenger: Data<Challenger>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let webhook = service::test(&state, &challenger, user.identity(), id.0).await?;
    Ok(HttpResponse::Ok().json(webhook))
}

/// List deliveries of a webhook
///
/// The newest hundred of the last 30 days, with their outcomes.
#[utoipa::path(
    get, path = "/me/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the webhook")),
    responses((status = 200, description = "The deliveries, newest first", body = WebhookDeliveries)),
)]
pub async fn deliveries(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let deliveries = service::deliveries(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::Ok().json(WebhookDeliveries { deliveries }))
}

/// Replay a webhook delivery
///
/// Posts the event again, with its original `webhook-id`.
#[utoipa::path(
    post, path = "/me/webhook-deliveries/{id}/replay", operation_id = "replay_webhook_delivery", tag = "Webhooks",
    params(("id" = Uuid, Path, description = "Id of the delivery")),
    responses((status = 202, description = "The event is being posted", body = Message)),
)]
pub async fn replay(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::replay(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::Accepted().json(Message::new("the event is being sent again")))
}
