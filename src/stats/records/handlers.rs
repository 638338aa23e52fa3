//! HTTP handlers for records.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{service, types::Records};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiQuery, IfNoneMatchParam, cached, tagged},
    state::WorkerState,
    stats::days::SportParams,
};

/// Get personal records
///
/// Returns the best value of each kind and sport, and each time the record was broken. A value that
/// equals the record does not break it. Records follow the current log: an activity that was
/// changed counts with its new values, and a deleted activity does not count.
#[utoipa::path(
    get, path = "/stats/records", operation_id = "get_records", tag = "Statistics",
    params(SportParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The records", body = Records, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn records(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    sports: ApiQuery<SportParams>,
) -> ApiResult<HttpResponse> {
    let records = service::find(&state, user.identity(), &sports.0.types()?).await?;
    tagged(&request, None, &records).map(cached)
}
