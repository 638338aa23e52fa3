//! HTTP to service and back.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue},
    web::Data,
};
use uuid::Uuid;

use super::{
    service,
    token::ShareToken,
    types::{CreatedShare, ShareBody, SharedParams, Shares},
};
use crate::{
    auth::{CurrentUser, Device},
    error::{ApiResult, ErrorCode},
    http::{ApiPath, ApiQuery, IdempotencyKeyParam, IdempotentJson, IfNoneMatchParam},
    pictures::{Size, Studio, image},
    state::WorkerState,
};

/// As long a picture that was revoked may still be seen where it was seen before.
const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Share a picture: whoever has the link sees it, without a login. The link is in this answer and nowhere else.
///
/// It shows the log as it is then, and ends when it is deleted, when it expires, and with its activity and
/// its account. The owner is mailed. One that shows a whole track wants a proof.
#[utoipa::path(
    post, path = "/shares", operation_id = "create_share", tag = "Pictures",
    params(IdempotencyKeyParam),
    request_body = ShareBody,
    responses((status = 201, description = "The share", body = CreatedShare)),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::RateLimited, ErrorCode::TooManyShares, ErrorCode::IdempotencyKeyReused,
    ]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    request: IdempotentJson<ShareBody>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse()?;
    let created = service::create(&state, user.identity(), request.key, new, &device).await?;
    Ok(HttpResponse::Created().json(created))
}

/// What is shared, without the links.
#[utoipa::path(
    get, path = "/shares", operation_id = "list_shares", tag = "Pictures",
    responses((status = 200, description = "Newest first", body = Shares)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let shares = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Shares { shares }))
}

/// Share it no longer. What was seen in the last five minutes may still be seen where it was.
#[utoipa::path(
    delete, path = "/shares/{id}", operation_id = "delete_share", tag = "Pictures",
    params(("id" = Uuid, Path)),
    responses((status = 204, description = "The link leads nowhere")),
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

/// What somebody shares.
#[utoipa::path(
    get, path = "/shared/{token}.svg", operation_id = "get_shared_svg", tag = "Pictures",
    security(()),
    params(("token" = String, Path), SharedParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn shared_svg(
    request: HttpRequest,
    studio: Studio,
    token: ApiPath<ShareToken>,
    params: ApiQuery<SharedParams>,
) -> ApiResult<HttpResponse> {
    let (content, theme) = service::show(&studio, &token.0, params.0, None).await?;
    image(&request, content, Some(theme), "*").map(embeddable)
}

/// The same as PNG.
#[utoipa::path(
    get, path = "/shared/{token}.png", operation_id = "get_shared_png", tag = "Pictures",
    security(()),
    params(("token" = String, Path), SharedParams, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = Vec<u8>, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn shared_png(
    request: HttpRequest,
    studio: Studio,
    token: ApiPath<ShareToken>,
    params: ApiQuery<SharedParams>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let width = Some(size.0.check()?);
    let (content, _) = service::show(&studio, &token.0, params.0, width).await?;
    image(&request, content, None, "*").map(embeddable)
}

/// For pages of others, and for a while.
fn embeddable(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, CACHED);
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    answer
}
