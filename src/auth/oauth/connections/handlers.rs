//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{service, types::StartBody};
use crate::{
    auth::{
        CurrentUser,
        oauth::{Provider, respond},
        sessions::Device,
    },
    error::ApiResult,
    http::{ApiJson, ApiPath},
    state::WorkerState,
};

/// `GET /me/connections`.
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::list(&state, user.identity()).await?))
}

/// `GET /me/connections/{provider}`: asks the provider. 404; 502 `provider_error`.
pub async fn look(
    state: Data<WorkerState>,
    user: CurrentUser,
    provider: ApiPath<Provider>,
) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::look(&state, user.identity(), provider.0).await?))
}

/// `POST /me/connections/{provider}`: 200 with `authorization_url`, to be opened in the browser that
/// keeps the cookie of this answer. 404; 400 `invalid_return_to`; 502.
pub async fn start(
    state: Data<WorkerState>,
    user: CurrentUser,
    provider: ApiPath<Provider>,
    body: ApiJson<StartBody>,
) -> ApiResult<HttpResponse> {
    let (return_to, proof) = body.0.parse()?;
    let start = service::start(&state, user.identity(), provider.0, return_to, proof).await?;
    let answer = json!({"authorization_url": start.url});
    Ok(respond::with_cookie(HttpResponse::Ok(), &start.cookie).json(answer))
}

/// `DELETE /me/connections/{provider}`: 204; 404; 409 `last_way_in`.
pub async fn unlink(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    provider: ApiPath<Provider>,
) -> ApiResult<HttpResponse> {
    service::unlink(&state, user.identity(), provider.0, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
