//! HTTP handlers for summaries.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{
    service,
    types::{Summary, SummaryParams},
};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiQuery, IfNoneMatchParam, cached, tagged},
    state::WorkerState,
    stats::days::{DayParams, SportParams},
};

/// Get totals by period or sport
///
/// Totals can be grouped by day, week, month, year or sport. Days begin at midnight in the time
/// zone of the profile or of `tz`, and daylight saving time is taken into account. An activity
/// counts for the day on which it started. It counts once, even if several sources recorded it.
#[utoipa::path(
    get, path = "/stats/summary", operation_id = "get_summary", tag = "Statistics",
    params(DayParams, SportParams, SummaryParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The summary", body = Summary, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn summary(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    days: ApiQuery<DayParams>,
    sports: ApiQuery<SportParams>,
    params: ApiQuery<SummaryParams>,
) -> ApiResult<HttpResponse> {
    let days = (&days.0, &sports.0);
    let summary = service::summarise(&state, user.identity(), days, &params.0).await?;
    tagged(&request, None, &summary).map(cached)
}
