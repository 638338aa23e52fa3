//! HTTP handlers for streaks.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;

use super::rows::Streaks;
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    credentials::Identity,
    error::ApiResult,
    http::{ApiQuery, IfNoneMatchParam, cached, tagged},
    state::WorkerState,
    stats::{
        Period,
        days::{self, DayParams, SportParams},
    },
};

/// The answer of `GET /stats/streaks`.
#[derive(Serialize, ToSchema)]
pub struct StreaksAnswer {
    tz: &'static str,
    days: Streaks,
    weeks: Streaks,
}

/// Get streaks of days and weeks
///
/// A streak is a number of consecutive days or weeks with at least one activity.
#[utoipa::path(
    get, path = "/stats/streaks", operation_id = "get_streaks", tag = "Statistics",
    params(DayParams, SportParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The streaks", body = StreaksAnswer, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn streaks(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    params: ApiQuery<DayParams>,
    sports: ApiQuery<SportParams>,
) -> ApiResult<HttpResponse> {
    let answer = find(&state, user.identity(), &params.0, &sports.0).await?;
    tagged(&request, None, &answer).map(cached)
}

async fn find(
    state: &WorkerState,
    identity: Identity,
    params: &DayParams,
    sports: &SportParams,
) -> ApiResult<StreaksAnswer> {
    let conn = state.pool.get().await?;
    let mut asked = params.days(&conn, identity, (None, None)).await?;
    asked.types = sports.types()?;
    let active = days::active(&conn, &asked).await?;
    drop(conn);
    let today = asked.zone.today();
    Ok(StreaksAnswer {
        tz: asked.zone.name(),
        days: Streaks::of(&active, Period::Day, today),
        weeks: Streaks::of(&active, Period::Week(params.week_start), today),
    })
}
