//! HTTP handlers for shares.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, HeaderName, HeaderValue},
    web::Data,
};
use uuid::Uuid;

use super::{
    atom, calendar, service,
    shown::SharedParams,
    token::ShareToken,
    types::{CreatedShare, ShareBody, Shares},
};
use crate::{
    auth::{CurrentUser, Device},
    error::{ApiResult, ErrorCode},
    http::{
        ApiPath, ApiQuery, Binary, IdempotencyKeyParam, IdempotentJson, IfNoneMatchParam,
        tagged_body,
    },
    pictures::{Size, Studio, image},
    state::WorkerState,
};

/// Caches keep a picture for five minutes. A revoked picture may stay visible for that long.
pub const CACHED: HeaderValue = HeaderValue::from_static("public, max-age=300");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Share a picture
///
/// Anyone who has the link can see the picture without logging in. Only this answer contains the
/// link. The picture always shows the current state of the log. The link works until the share is
/// deleted or expires, or until its activity or account is deleted. The owner is notified by email.
/// A share that shows a whole track requires a proof of identity.
#[utoipa::path(
    post, path = "/shares", operation_id = "create_share", tag = "Pictures",
    params(IdempotencyKeyParam),
    request_body = ShareBody,
    responses((status = 201, description = "The share and its links", body = CreatedShare)),
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

/// List shares
///
/// The answer does not contain the links.
#[utoipa::path(
    get, path = "/shares", operation_id = "list_shares", tag = "Pictures",
    responses((status = 200, description = "Newest first", body = Shares)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let shares = service::list(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(Shares { shares }))
}

/// Revoke a share
///
/// Caches may show the picture for up to five more minutes.
#[utoipa::path(
    delete, path = "/shares/{id}", operation_id = "delete_share", tag = "Pictures",
    params(("id" = Uuid, Path, description = "Id of the share")),
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

/// Get a shared picture as SVG
///
/// Needs no token: the secret is in the path. Embed it in a page.
#[utoipa::path(
    get, path = "/shared/{token}.svg", operation_id = "get_shared_svg", tag = "Pictures",
    security(()),
    params(("token" = String, Path, description = "The secret of the share"), SharedParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
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

/// Get a shared picture as PNG
///
/// The same picture as the SVG, at a width of your choice.
#[utoipa::path(
    get, path = "/shared/{token}.png", operation_id = "get_shared_png", tag = "Pictures",
    security(()),
    params(("token" = String, Path, description = "The secret of the share"), SharedParams, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = inline(Binary), headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
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

/// Get a share's days as a calendar
///
/// An event for each day with activities (`heatmap`), each week (`weekly`), or the activity's day
/// (`route` and `chart`; 404 without `show_date`). It says no more than the picture.
#[utoipa::path(
    get, path = "/shared/{token}.ics", operation_id = "get_shared_calendar", tag = "Pictures",
    security(()),
    params(("token" = String, Path, description = "The secret of the share"), IfNoneMatchParam),
    responses(
        (status = 200, description = "The calendar", content_type = "text/calendar; charset=utf-8", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn shared_ics(
    request: HttpRequest,
    studio: Studio,
    token: ApiPath<ShareToken>,
) -> ApiResult<HttpResponse> {
    let calendar = calendar::of(&service::feed(&studio.state, &token.0).await?);
    tagged_body(&request, "text/calendar; charset=utf-8", calendar.into()).map(embeddable)
}

/// Get a share's days as a feed
///
/// The same as the calendar, as Atom, newest first.
#[utoipa::path(
    get, path = "/shared/{token}.atom", operation_id = "get_shared_feed", tag = "Pictures",
    security(()),
    params(("token" = String, Path, description = "The secret of the share"), IfNoneMatchParam),
    responses(
        (status = 200, description = "The feed", content_type = "application/atom+xml; charset=utf-8", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn shared_atom(
    request: HttpRequest,
    studio: Studio,
    token: ApiPath<ShareToken>,
) -> ApiResult<HttpResponse> {
    let feed = atom::of(&service::feed(&studio.state, &token.0).await?)?;
    tagged_body(&request, "application/atom+xml; charset=utf-8", feed.into()).map(embeddable)
}

/// Lets other websites embed the answer, and lets caches keep it for a while.
fn embeddable(mut answer: HttpResponse) -> HttpResponse {
    let headers = answer.headers_mut();
    headers.insert(CACHE_CONTROL, CACHED);
    headers.insert(RESOURCE_POLICY, HeaderValue::from_static("cross-origin"));
    answer
}
