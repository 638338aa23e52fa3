//! HTTP handler for batches.

use actix_web::{HttpResponse, web::Data};

use super::{
    parsing, service,
    types::{BatchBody, BatchParams, Results},
};
use crate::{
    auth::{Permitted, tokens::WritesActivities},
    error::{ApiResult, ErrorCode},
    http::{ApiQuery, IdempotencyKeyParam, IdempotentJson},
    state::WorkerState,
};

/// Largest request body in bytes: fits 1 000 activities with some device data.
const MAX_BODY: usize = 8 * 1024 * 1024;

/// Create, change and delete many activities
///
/// Each item has its own outcome: invalid items are rejected and the others are carried out, unless
/// `atomic` is set. Creations come first, then changes, then deletions. An activity whose `source`
/// and `external_id` exist already is updated, or left unchanged with `on_existing=keep`. An
/// activity that another source has already logged is merged with the existing one.
#[utoipa::path(
    post, path = "/activities/batch", operation_id = "create_activity_batch", tag = "Activities",
    params(BatchParams, IdempotencyKeyParam),
    request_body = BatchBody,
    responses((status = 200, description = "One outcome per item, in the order of the request", body = Results)),
    extensions(("x-error-codes" = json!([
        ErrorCode::IdempotencyKeyReused, ErrorCode::IdTaken, ErrorCode::AlreadyDeleted, ErrorCode::NotFound,
        ErrorCode::VersionMismatch, ErrorCode::ExternalIdTaken,
    ]))),
)]
pub async fn create_many(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    params: ApiQuery<BatchParams>,
    request: IdempotentJson<BatchBody, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let mut parsed = parsing::parse(request.body)?;
    if params.0.atomic {
        parsed = parsing::all_or_nothing(parsed)?;
    }
    let how = (params.0.atomic, params.0.on_existing);
    let results = service::carry_out(&state, user.identity(), request.key, parsed, how).await?;
    Ok(HttpResponse::Ok().json(results))
}
