//! HTTP handlers of linked providers.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    service,
    types::{AuthorizationUrl, ConnectionCheck, Connections, StartBody},
};
use crate::{
    auth::{CurrentUser, Device, oauth::respond},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath},
    providers::Provider,
    state::WorkerState,
};

/// List linked and available providers
///
/// Linked providers are login methods. `available` lists those that can be linked.
#[utoipa::path(
    get, path = "/me/connections", operation_id = "list_connections", tag = "Access",
    responses((status = 200, description = "Linked and available providers", body = Connections)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::list(&state, user.identity()).await?))
}

/// Check a linked provider
///
/// Asks the provider whether the link is still valid.
#[utoipa::path(
    get, path = "/me/connections/{provider}", operation_id = "get_connection", tag = "Access",
    params(("provider" = Provider, Path, description = "The provider")),
    responses((status = 200, description = "The provider's current answer", body = ConnectionCheck)),
    extensions(("x-error-codes" = json!([ErrorCode::ProviderError]))),
)]
pub async fn check(
    state: Data<WorkerState>,
    user: CurrentUser,
    provider: ApiPath<Provider>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::check(&state, user.identity(), provider.0).await?))
}

/// Start linking a provider
///
/// Open `authorization_url` in the browser that stores the cookie of this response.
#[utoipa::path(
    post, path = "/me/connections/{provider}", operation_id = "link_connection", tag = "Access",
    params(("provider" = Provider, Path, description = "The provider")),
    request_body = StartBody,
    responses(
        (
            status = 200, description = "The URL at which to continue", body = AuthorizationUrl,
            headers(("Set-Cookie" = String)),
        ),
    ),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::RateLimited, ErrorCode::InvalidReturnTo, ErrorCode::ProviderError,
    ]))),
)]
pub async fn start(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: CurrentUser,
    provider: ApiPath<Provider>,
    body: ApiJson<StartBody>,
) -> ApiResult<HttpResponse> {
    let (return_to, proof) = body.0.parse()?;
    let start = service::start(&state, user.identity(), provider.0, return_to, proof).await?;
    let mut answer = respond::begin(HttpResponse::Ok(), &request, &start);
    Ok(answer.json(AuthorizationUrl { authorization_url: start.url }))
}

/// Unlink a provider
///
/// The last login method cannot be removed.
#[utoipa::path(
    delete, path = "/me/connections/{provider}", operation_id = "unlink_connection", tag = "Access",
    params(("provider" = Provider, Path, description = "The provider")),
    responses((status = 204, description = "Unlinked")),
    extensions(("x-error-codes" = json!([ErrorCode::LastWayIn]))),
)]
pub async fn unlink(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    provider: ApiPath<Provider>,
) -> ApiResult<HttpResponse> {
    service::unlink(&state, user.identity(), provider.0, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
