//! HTTP to service and back.

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

/// Have a service told what happens to the log. Its secret is in this answer and nowhere else.
///
/// The service is posted a `webhook.challenge` first and has to give `data.challenge` back, as the
/// body or as its member `challenge`. Before it has (`verified_at`), nothing else is posted. Events
/// are posted as Standard Webhooks, signed, and tried again for three days. After days in which
/// none arrived the webhook is disabled, and its owner is mailed.
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

/// The webhooks, without their secrets.
#[utoipa::path(
    get, path = "/me/webhooks", operation_id = "list_webhooks", tag = "Webhooks",
    responses((status = 200, description = "Newest first", body = Webhooks)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let webhooks = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Webhooks { webhooks }))
}

/// Change what is told, disable a webhook, or enable it again.
#[utoipa::path(
    put, path = "/me/webhooks/{id}", operation_id = "update_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path)),
    request_body = WebhookBody,
    responses((status = 200, description = "The webhook", body = Webhook)),
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

/// Tell the service nothing more.
#[utoipa::path(
    delete, path = "/me/webhooks/{id}", operation_id = "delete_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "Gone")),
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

/// Challenge the receiver, again or for the first time after it has learned the secret.
///
/// A `webhook.challenge` is posted at once; `challenge_error` says why the receiver did not give it
/// back. The first time that it does, events begin to be posted.
#[utoipa::path(
    post, path = "/me/webhooks/{id}/test", operation_id = "test_webhook", tag = "Webhooks",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "The webhook, with what came of it", body = Webhook)),
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

/// What was told lately, and how that went: the newest hundred of the last 30 days.
#[utoipa::path(
    get, path = "/me/webhooks/{id}/deliveries", operation_id = "list_webhook_deliveries", tag = "Webhooks",
    params(("id" = Uuid, Path)),
    responses((status = 200, description = "Newest first", body = WebhookDeliveries)),
)]
pub async fn deliveries(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let deliveries = service::deliveries(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::Ok().json(WebhookDeliveries { deliveries }))
}

/// Post an event once more, with the `webhook-id` that it had.
#[utoipa::path(
    post, path = "/me/webhook-deliveries/{id}/replay", operation_id = "replay_webhook_delivery", tag = "Webhooks",
    params(("id" = Uuid, Path)),
    responses((status = 202, description = "It is on its way", body = Message)),
)]
pub async fn replay(
    state: Data<WorkerState>,
    user: CurrentUser,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::replay(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::Accepted().json(Message::new("the event is on its way once more")))
}
