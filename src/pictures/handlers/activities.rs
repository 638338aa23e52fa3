//! Pictures of an activity.

use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use super::image;
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiPath, ApiQuery, IfNoneMatchParam, cached},
    pictures::{
        Disclosure, Studio, service,
        types::{Look, Picture, Size},
    },
};

/// The route of an activity, without a map, and its elevation below.
///
/// One without positions is a picture that says so. What it shows is also said in words, in `title` and `desc`.
#[utoipa::path(
    get, path = "/activities/{id}/route.svg", operation_id = "get_route_svg", tag = "Pictures",
    params(("id" = Uuid, Path), Look, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn route_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    look: ApiQuery<Look>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Route { activity_id: id.0, disclosure: Disclosure::everything() };
    svg(&request, &studio, user, picture, look.0).await
}

/// The same as PNG.
#[utoipa::path(
    get, path = "/activities/{id}/route.png", operation_id = "get_route_png", tag = "Pictures",
    params(("id" = Uuid, Path), Look, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = Vec<u8>, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn route_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    look: ApiQuery<Look>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Route { activity_id: id.0, disclosure: Disclosure::everything() };
    png(&request, &studio, user, picture, look.0, size.0).await
}

/// Heart rate, pace or speed, and power of an activity by time, as far as they were measured.
///
/// An activity along which nothing was measured is a picture that says so.
#[utoipa::path(
    get, path = "/activities/{id}/chart.svg", operation_id = "get_chart_svg", tag = "Pictures",
    params(("id" = Uuid, Path), Look, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn chart_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    look: ApiQuery<Look>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Chart { activity_id: id.0, disclosure: Disclosure::everything() };
    svg(&request, &studio, user, picture, look.0).await
}

/// The same as PNG.
#[utoipa::path(
    get, path = "/activities/{id}/chart.png", operation_id = "get_chart_png", tag = "Pictures",
    params(("id" = Uuid, Path), Look, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = Vec<u8>, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn chart_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    look: ApiQuery<Look>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Chart { activity_id: id.0, disclosure: Disclosure::everything() };
    png(&request, &studio, user, picture, look.0, size.0).await
}

/// A picture of one's own log.
pub(super) async fn svg(
    request: &HttpRequest,
    studio: &Studio,
    user: Permitted<ReadsActivities>,
    picture: Picture,
    look: Look,
) -> ApiResult<HttpResponse> {
    let content = service::paint_own(studio, user.identity(), picture, look, None).await?;
    image(request, content, Some(look.theme), "'none'").map(cached)
}

pub(super) async fn png(
    request: &HttpRequest,
    studio: &Studio,
    user: Permitted<ReadsActivities>,
    picture: Picture,
    look: Look,
    size: Size,
) -> ApiResult<HttpResponse> {
    let width = Some(size.check()?);
    let content = service::paint_own(studio, user.identity(), picture, look, width).await?;
    image(request, content, None, "'none'").map(cached)
}
