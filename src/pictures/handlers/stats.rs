//! Handlers for pictures of many activities.

use actix_web::{HttpRequest, HttpResponse};

use super::activities::{png, svg};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiQuery, Binary, IfNoneMatchParam},
    pictures::{
        Studio,
        types::{
            Appearance, DaysParams, HeatmapOptions, Picture, Size, WeeklyOptions, WeeksParams,
            YearParams,
        },
    },
};

/// Get a yearly heatmap as SVG
///
/// Shows each day of a year. Each of four shades marks a quarter of the days with an activity.
#[utoipa::path(
    get, path = "/stats/heatmap.svg", operation_id = "get_heatmap_svg", tag = "Pictures",
    params(YearParams, DaysParams, Appearance, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn heatmap_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    year: ApiQuery<YearParams>,
    days: ApiQuery<DaysParams>,
    appearance: ApiQuery<Appearance>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Heatmap(HeatmapOptions::parse(year.0, days.0)?);
    svg(&request, &studio, user, picture, appearance.0).await
}

/// Get a yearly heatmap as PNG
///
/// The same picture as the SVG, at a width of your choice.
#[utoipa::path(
    get, path = "/stats/heatmap.png", operation_id = "get_heatmap_png", tag = "Pictures",
    params(YearParams, DaysParams, Appearance, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = inline(Binary), headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn heatmap_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    year: ApiQuery<YearParams>,
    days: ApiQuery<DaysParams>,
    appearance: ApiQuery<Appearance>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Heatmap(HeatmapOptions::parse(year.0, days.0)?);
    png(&request, &studio, user, picture, appearance.0, size.0).await
}

/// Get a weekly bar chart as SVG
///
/// Shows a bar per week, up to the current week, and the average of the weeks that are over.
#[utoipa::path(
    get, path = "/stats/weekly.svg", operation_id = "get_weekly_svg", tag = "Pictures",
    params(WeeksParams, DaysParams, Appearance, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn weekly_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    weeks: ApiQuery<WeeksParams>,
    days: ApiQuery<DaysParams>,
    appearance: ApiQuery<Appearance>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Weekly(WeeklyOptions::parse(weeks.0, days.0)?);
    svg(&request, &studio, user, picture, appearance.0).await
}

/// Get a weekly bar chart as PNG
///
/// The same picture as the SVG, at a width of your choice.
#[utoipa::path(
    get, path = "/stats/weekly.png", operation_id = "get_weekly_png", tag = "Pictures",
    params(WeeksParams, DaysParams, Appearance, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = inline(Binary), headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn weekly_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    weeks: ApiQuery<WeeksParams>,
    days: ApiQuery<DaysParams>,
    appearance: ApiQuery<Appearance>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Weekly(WeeklyOptions::parse(weeks.0, days.0)?);
    png(&request, &studio, user, picture, appearance.0, size.0).await
}
