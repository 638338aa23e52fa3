//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};

use super::{
    service,
    types::{BatchBody, BatchParams, Results},
};
use crate::{
    auth::{Permitted, tokens::WritesActivities},
    error::{ApiResult, ErrorCode},
    http::{ApiQuery, IdempotencyKeyParam, IdempotentJson},
    state::WorkerState,
};

/// Room for a thousand activities with some device data.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Log up to 1 000 activities.
///
/// Each has an outcome of its own: those at fault are not kept, the others are, unless `atomic`.
/// One with a `source` and `external_id` that is there already is changed, or left as it is with
/// `on_existing=keep`. One that another source has brought already is merged with that.
#[utoipa::path(
    post, path = "/activities/batch", operation_id = "create_activities", tag = "Activities",
    params(BatchParams, IdempotencyKeyParam),
    request_body = BatchBody,
    responses((status = 200, description = "One outcome for each, in their order", body = Results)),
    extensions(("x-error-codes" = json!([ErrorCode::IdempotencyKeyReused]))),
)]
pub async fn create_many(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    params: ApiQuery<BatchParams>,
    request: IdempotentJson<BatchBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let mut parsed = service::parse(request.body.activities)?;
    if params.0.atomic {
        parsed = service::all_or_nothing(parsed)?;
    }
    let results =
        service::create(&state, user.identity(), request.key, parsed, params.0.on_existing).await?;
    Ok(HttpResponse::Ok().json(results))
}
