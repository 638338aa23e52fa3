//! HTTP to service and back.

use actix_web::{HttpRequest, HttpResponse, web::Data};

use super::{service, types::Records};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiQuery, IfNoneMatchParam, cached, tagged},
    state::WorkerState,
    stats::days::SportParams,
};

/// The best there ever was of each kind and sport, and each time that it fell.
///
/// What equals a record does not break it. What is changed or deleted counts no more, or as what it is now.
#[utoipa::path(
    get, path = "/stats/records", operation_id = "get_records", tag = "Statistics",
    params(SportParams, IfNoneMatchParam),
    responses(
        (status = 200, description = "The records", body = Records, headers(("ETag" = String))),
        (status = 304, description = "They are as the client has them", headers(("ETag" = String))),
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
