//! HTTP handlers of logins through a provider.

use actix_web::{HttpRequest, HttpResponse, http::header, web::Data};

use super::{
    respond, service,
    types::{LoginParams, Returned},
};
use crate::{
    auth::Device,
    error::{ApiResult, ErrorCode},
    http::{ApiPath, ApiQuery},
    providers::{CallbackParams, Provider},
    state::WorkerState,
};

/// Start a login through a provider
///
/// Open this in a browser. It redirects to the provider.
#[utoipa::path(
    get, path = "/auth/login/{provider}", operation_id = "start_provider_login", tag = "Login",
    security(()),
    params(("provider" = Provider, Path, description = "The provider"), LoginParams),
    responses(
        (
            status = 302, description = "Redirect to the provider",
            headers(("Location" = String), ("Set-Cookie" = String)),
        ),
    ),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidReturnTo, ErrorCode::ProviderError]))),
)]
pub async fn login(
    request: HttpRequest,
    state: Data<WorkerState>,
    provider: ApiPath<Provider>,
    params: ApiQuery<LoginParams>,
) -> ApiResult<HttpResponse> {
    let start = service::start(&state, provider.0, params.0.return_to, None).await?;
    Ok(respond::begin(HttpResponse::Found(), &request, &start)
        .insert_header((header::LOCATION, start.url))
        .finish())
}

/// Complete a login through a provider
///
/// The provider redirects the browser here, to log in or to link the provider to the account.
#[utoipa::path(
    get, path = "/auth/callback/{provider}", operation_id = "complete_provider_login", tag = "Login",
    security(()),
    params(("provider" = Provider, Path, description = "The provider"), CallbackParams),
    responses(
        (status = 200, description = "Logged in, or linked", body = Returned),
        (
            status = 303, description = "Redirect to `return_to`, with the tokens or the error in the fragment",
            headers(("Location" = String), ("Set-Cookie" = String)),
        ),
    ),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([
        ErrorCode::InvalidState, ErrorCode::InvalidCode, ErrorCode::LoginDenied,
        ErrorCode::AccountLocked, ErrorCode::ConnectionTaken, ErrorCode::InvalidAccessToken,
        ErrorCode::ProviderError, ErrorCode::RegistrationClosed, ErrorCode::InvitationRequired,
        ErrorCode::AddressNotAllowed, ErrorCode::GroupNotAllowed,
    ]))),
)]
pub async fn callback(
    request: HttpRequest,
    state: Data<WorkerState>,
    device: Device,
    provider: ApiPath<Provider>,
    params: ApiQuery<CallbackParams>,
) -> ApiResult<HttpResponse> {
    let (provider, params) = (provider.0, params.0);
    let cookie = respond::attempt_cookie(&request, &params);
    let attempt = service::open_attempt(&state, provider, cookie.as_deref(), &params);
    let (attempt, key) =
        attempt.inspect_err(|_| state.metrics.count_login(provider.into(), false))?;
    let outcome = service::finish(&state, (&attempt, key), params, &device).await;
    if attempt.linking.is_none() {
        state.metrics.count_login(provider.into(), outcome.is_ok());
    }
    Ok(respond::outcome(&attempt.state(key), attempt.return_to.as_deref(), outcome))
}
