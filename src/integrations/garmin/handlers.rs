//! HTTP handlers for the connection to Garmin.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    service,
    types::{AuthorizeBody, ConnectBody, ConnectionStatus},
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

/// Get the Garmin connection
///
/// The status of the connection to Garmin Connect, and the modes that this server offers.
#[utoipa::path(
    get, path = "/me/garmin", operation_id = "get_garmin", tag = "Garmin",
    responses((status = 200, description = "The connection, if there is one", body = ConnectionStatus)),
)]
pub async fn get(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::standing(&state, user.identity()).await?))
}

/// Connect Garmin with a key
///
/// Takes a key from the settings of a Garmin account. If Garmin is connected already, the
/// key replaces the previous one. The whole log at Garmin is read once; after that, changes
/// are fetched every hour.
#[utoipa::path(
    post, path = "/me/garmin", operation_id = "connect_garmin", tag = "Garmin",
    request_body = ConnectBody,
    responses((status = 200, description = "Connected", body = ConnectionStatus)),
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

/// Start connecting Garmin with a login
///
/// Not available on all servers: see `modes`. Open `authorization_url` in the browser that has
/// stored the cookie of this response.
#[utoipa::path(
    post, path = "/me/garmin/authorization", operation_id = "start_garmin_authorization", tag = "Garmin",
    request_body = AuthorizeBody,
    responses((
        status = 200, description = "The URL to open", body = AuthorizationUrl,
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

/// Complete the connection to Garmin
///
/// Garmin redirects users to this URL after they have logged in.
#[utoipa::path(
    get, path = "/integrations/garmin/callback", operation_id = "complete_garmin_authorization", tag = "Garmin",
    security(()),
    params(CallbackParams),
    responses(
        (status = 204, description = "Connected", headers(("Set-Cookie" = String))),
        (
            status = 303, description = "Redirect to `return_to`, with `linked=garmin` or the error in the fragment",
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

/// Sync with Garmin now
///
/// Does not wait for the next hourly sync.
#[utoipa::path(
    post, path = "/me/garmin/sync", operation_id = "sync_garmin", tag = "Garmin",
    responses((status = 202, description = "The sync starts at once, or when a pause that Garmin asked for is over", body = ConnectionStatus)),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound, ErrorCode::GarminNeedsReauth]))),
)]
pub async fn sync(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Accepted().json(service::sync(&state, user.identity()).await?))
}

/// Disconnect Garmin
///
/// Activities that have been received stay.
#[utoipa::path(
    delete, path = "/me/garmin", operation_id = "disconnect_garmin", tag = "Garmin",
    responses((status = 204, description = "Disconnected")),
    extensions(("x-error-codes" = json!([ErrorCode::NotFound]))),
)]
pub async fn disconnect(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::disconnect(&state, user.identity()).await?;
    Ok(HttpResponse::NoContent().finish())
}
