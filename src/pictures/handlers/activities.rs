//! Handlers for pictures of one activity.

use actix_web::{HttpRequest, HttpResponse};
use uuid::Uuid;

use super::image;
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiPath, ApiQuery, Binary, IfNoneMatchParam, cached},
    pictures::{
        Disclosure, Studio, service,
        types::{Appearance, Picture, Size},
    },
};

/// Get an activity's route as SVG
///
/// Shows the track without a map, and the elevation profile below it. If the activity has no
/// positions, the picture says so. The `title` and `desc` elements describe the picture in words.
#[utoipa::path(
    get, path = "/activities/{id}/route.svg", operation_id = "get_route_svg", tag = "Pictures",
    params(("id" = Uuid, Path, description = "Id of the activity"), Appearance, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn route_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    appearance: ApiQuery<Appearance>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Route { activity_id: id.0, disclosure: Disclosure::everything() };
    svg(&request, &studio, user, picture, appearance.0).await
}

/// Get an activity's route as PNG
///
/// The same picture as the SVG, at a width of your choice.
#[utoipa::path(
    get, path = "/activities/{id}/route.png", operation_id = "get_route_png", tag = "Pictures",
    params(("id" = Uuid, Path, description = "Id of the activity"), Appearance, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = inline(Binary), headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn route_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    appearance: ApiQuery<Appearance>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Route { activity_id: id.0, disclosure: Disclosure::everything() };
    png(&request, &studio, user, picture, appearance.0, size.0).await
}

/// Get an activity's chart as SVG
///
/// Shows heart rate, pace or speed, and power by time, as far as they were measured. If nothing was
/// measured, the picture says so.
#[utoipa::path(
    get, path = "/activities/{id}/chart.svg", operation_id = "get_chart_svg", tag = "Pictures",
    params(("id" = Uuid, Path, description = "Id of the activity"), Appearance, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn chart_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    appearance: ApiQuery<Appearance>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Chart { activity_id: id.0, disclosure: Disclosure::everything() };
    svg(&request, &studio, user, picture, appearance.0).await
}

/// Get an activity's chart as PNG
///
/// The same picture as the SVG, at a width of your choice.
#[utoipa::path(
    get, path = "/activities/{id}/chart.png", operation_id = "get_chart_png", tag = "Pictures",
    params(("id" = Uuid, Path, description = "Id of the activity"), Appearance, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = inline(Binary), headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn chart_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    appearance: ApiQuery<Appearance>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Chart { activity_id: id.0, disclosure: Disclosure::everything() };
    png(&request, &studio, user, picture, appearance.0, size.0).await
}

/// Returns a picture of the user's own log as SVG.
pub(super) async fn svg(
    request: &HttpRequest,
    studio: &Studio,
    user: Permitted<ReadsActivities>,
    picture: Picture,
    appearance: Appearance,
) -> ApiResult<HttpResponse> {
    let content = service::paint_own(studio, user.identity(), picture, appearance, None).await?;
    image(request, content, Some(appearance.theme), "'none'").map(cached)
}

/// Returns a picture of the user's own log as PNG.
pub(super) async fn png(
    request: &HttpRequest,
    studio: &Studio,
    user: Permitted<ReadsActivities>,
    picture: Picture,
    appearance: Appearance,
    size: Size,
) -> ApiResult<HttpResponse> {
    let width = Some(size.check()?);
    let content = service::paint_own(studio, user.identity(), picture, appearance, width).await?;
    image(request, content, None, "'none'").map(cached)
}
