//! Pictures of many activities.

use actix_web::{HttpRequest, HttpResponse};

use super::activities::{png, svg};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiQuery, IfNoneMatchParam},
    pictures::{
        Studio,
        types::{
            DaysParams, HeatmapOptions, Look, Picture, Size, WeeklyOptions, WeeksParams, YearParams,
        },
    },
};

/// A year of days.
///
/// The days with an activity have one of four shades, a quarter of them each.
#[utoipa::path(
    get, path = "/stats/heatmap.svg", operation_id = "get_heatmap_svg", tag = "Pictures",
    params(YearParams, DaysParams, Look, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn heatmap_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    year: ApiQuery<YearParams>,
    days: ApiQuery<DaysParams>,
    look: ApiQuery<Look>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Heatmap(HeatmapOptions::parse(year.0, days.0)?);
    svg(&request, &studio, user, picture, look.0).await
}

/// The same as PNG.
#[utoipa::path(
    get, path = "/stats/heatmap.png", operation_id = "get_heatmap_png", tag = "Pictures",
    params(YearParams, DaysParams, Look, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = Vec<u8>, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn heatmap_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    year: ApiQuery<YearParams>,
    days: ApiQuery<DaysParams>,
    look: ApiQuery<Look>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Heatmap(HeatmapOptions::parse(year.0, days.0)?);
    png(&request, &studio, user, picture, look.0, size.0).await
}

/// Bars by week, up to the present one, and their average.
#[utoipa::path(
    get, path = "/stats/weekly.svg", operation_id = "get_weekly_svg", tag = "Pictures",
    params(WeeksParams, DaysParams, Look, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/svg+xml", body = String, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn weekly_svg(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    weeks: ApiQuery<WeeksParams>,
    days: ApiQuery<DaysParams>,
    look: ApiQuery<Look>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Weekly(WeeklyOptions::parse(weeks.0, days.0)?);
    svg(&request, &studio, user, picture, look.0).await
}

/// The same as PNG.
#[utoipa::path(
    get, path = "/stats/weekly.png", operation_id = "get_weekly_png", tag = "Pictures",
    params(WeeksParams, DaysParams, Look, Size, IfNoneMatchParam),
    responses(
        (status = 200, description = "The picture", content_type = "image/png", body = Vec<u8>, headers(("ETag" = String))),
        (status = 304, description = "It is as the client has it", headers(("ETag" = String))),
    ),
)]
pub async fn weekly_png(
    request: HttpRequest,
    studio: Studio,
    user: Permitted<ReadsActivities>,
    weeks: ApiQuery<WeeksParams>,
    days: ApiQuery<DaysParams>,
    look: ApiQuery<Look>,
    size: ApiQuery<Size>,
) -> ApiResult<HttpResponse> {
    let picture = Picture::Weekly(WeeklyOptions::parse(weeks.0, days.0)?);
    png(&request, &studio, user, picture, look.0, size.0).await
}
