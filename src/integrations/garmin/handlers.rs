//! HTTP to service and back.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    service,
    types::{AuthorizeBody, ConnectBody, Standing},
};
use crate::{
    auth::{
        CurrentUser,
        oauth::{connections::AuthorizationUrl, respond},
    },
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiQuery},
    providers::CallbackParams,
    state::WorkerState,
};

/// How the connection to Garmin Connect is getting on, and the ways there are to make one.
#[utoipa::path(
    get, path = "/me/garmin", operation_id = "get_garmin", tag = "Garmin",
    responses((status = 200, description = "The connection, if there is one", body = Standing)),
)]
pub async fn get(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::standing(&state, user.identity()).await?))
}

/// Connect Garmin by a key from Garmin's account settings, or give the connection a new one.
///
/// The whole log there is read, and from then on every hour what has changed.
#[utoipa::path(
    post, path = "/me/garmin", operation_id = "connect_garmin", tag = "Garmin",
    request_body = ConnectBody,
    responses((status = 200, description = "Connected", body = Standing)),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::ProviderError]))),
)]
pub async fn connect(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<ConnectBody>,
) -> ApiResult<HttpResponse> {
    let api_key = body.0.parse()?;
    Ok(HttpResponse::Ok().json(service::connect(&state, user.identity(), api_key).await?))
}

/// Connect Garmin by a login there. Not on all servers: see `modes`.
///
/// Open `authorization_url` in the browser that keeps the cookie of this answer.
#[utoipa::path(
    post, path = "/me/garmin/authorization", operation_id = "authorize_garmin", tag = "Garmin",
    request_body = AuthorizeBody,
    responses((
        status = 200, description = "Where to go on", body = AuthorizationUrl,
        headers(("Set-Cookie" = String)),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::InvalidReturnTo]))),
)]
pub async fn authorize(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<AuthorizeBody>,
) -> ApiResult<HttpResponse> {
    let start = service::authorize(&state, user.identity(), body.0.parse()?).await?;
    let mut answer = respond::begin(HttpResponse::Ok(), &request, &start);
    Ok(answer.json(AuthorizationUrl { authorization_url: start.url }))
}

/// Where Garmin sends people back to.
#[utoipa::path(
    get, path = "/integrations/garmin/callback", operation_id = "garmin_callback", tag = "Garmin",
    security(()),
    params(CallbackParams),
    responses(
        (status = 204, description = "Connected", headers(("Set-Cookie" = String))),
        (
            status = 303, description = "To `return_to`, with `linked=garmin` or the error in the fragment",
            headers(("Location" = String), ("Set-Cookie" = String)),
        ),
    ),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([
        ErrorCode::NotFound, ErrorCode::InvalidState, ErrorCode::InvalidCode, ErrorCode::LoginDenied,
        ErrorCode::ConnectionTaken, ErrorCode::InvalidAccessToken, ErrorCode::ProviderError,
    ]))),
)]
pub async fn callback(
    request: HttpRequest,
    state: Data<WorkerState>,
    params: ApiQuery<CallbackParams>,
) -> ApiResult<HttpResponse> {
    let cookie = respond::attempt_cookie(&request, &params.0);
    let (attempt, key) = service::open_attempt(&state, cookie.as_deref(), &params.0)?;
    let outcome = service::finish(&state, (&attempt, key), params.0).await;
    let answer = match (&attempt.return_to, outcome) {
        (Some(return_to), Ok(())) => respond::back(return_to, "linked=garmin"),
        (Some(return_to), Err(error)) => respond::back(return_to, &respond::error_fragment(&error)),
        (None, Ok(())) => HttpResponse::NoContent().finish(),
        (None, Err(error)) => HttpResponse::from_error(error),
    };
    Ok(respond::end(answer, &attempt.state(key)))
}

/// Look at Garmin now, and not only when the hour is over.
#[utoipa::path(
    post, path = "/me/garmin/sync", operation_id = "sync_garmin", tag = "Garmin",
    responses((status = 202, description = "It begins at once, or when Garmin wants to be asked again", body = Standing)),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::GarminNeedsReauth]))),
)]
pub async fn sync(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Accepted().json(service::sync(&state, user.identity()).await?))
}

/// Disconnect Garmin. Activities that came stay.
#[utoipa::path(
    delete, path = "/me/garmin", operation_id = "disconnect_garmin", tag = "Garmin",
    responses((status = 204, description = "Nothing more comes")),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn disconnect(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::disconnect(&state, user.identity()).await?;
    Ok(HttpResponse::NoContent().finish())
}
