//! HTTP to service and back.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::{
    Provider, respond, service,
    types::{CallbackParams, LoginParams},
};
use crate::{
    auth::sessions::Device,
    error::ApiResult,
    http::{ApiPath, ApiQuery},
    state::WorkerState,
};

/// `GET /auth/login/{provider}`: 302 to the provider; 404 for one that is not offered; 400
/// `invalid_return_to`; 502 `provider_error`.
pub async fn login(
    state: Data<WorkerState>,
    provider: ApiPath<Provider>,
    params: ApiQuery<LoginParams>,
) -> ApiResult<HttpResponse> {
    let start = service::start(&state, provider.0, params.0.return_to, None).await?;
    Ok(respond::with_cookie(HttpResponse::Found(), &start.cookie)
        .insert_header((header::LOCATION, start.url))
        .finish())
}

/// `GET /auth/callback/{provider}`: 200 AuthResponse, or 303 to `return_to` with the same in the
/// fragment. 400 `invalid_state`; 401 `invalid_code`; 403 `login_denied`; 409; 502 `provider_error`.
pub async fn callback(
    request: HttpRequest,
    state: Data<WorkerState>,
    device: Device,
    provider: ApiPath<Provider>,
    params: ApiQuery<CallbackParams>,
) -> ApiResult<HttpResponse> {
    let (provider, params) = (provider.0, params.0);
    let cookie = respond::attempt_cookie(&request);
    let attempt = service::open_attempt(&state, provider, cookie.as_deref(), &params);
    let attempt = attempt.inspect_err(|_| state.metrics.count_login(provider.into(), false))?;
    let outcome = service::finish(&state, &attempt, params, &device).await;
    if attempt.linking.is_none() {
        state.metrics.count_login(provider.into(), outcome.is_ok());
    }
    respond::outcome(attempt.return_to.as_deref(), outcome)
}
