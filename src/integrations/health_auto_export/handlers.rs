//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};

use super::{
    service,
    types::{Export, Results},
};
use crate::{
    activities::originals::Storage,
    auth::{Permitted, tokens::WritesActivities},
    error::{ApiResult, ErrorCode},
    http::ApiJson,
    state::WorkerState,
};

/// Workouts with their routes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Take in workouts of Apple Health from the app Health Auto Export.
///
/// It posts the last days again and again: a workout that is there, by its `id`, is measured anew where it has
/// changed. What its owner wrote stays.
#[utoipa::path(
    post, path = "/integrations/apple/health-auto-export", operation_id = "health_auto_export",
    tag = "Imports", request_body = Export,
    responses((status = 200, description = "What became of each", body = Results)),
    extensions(("x-error-codes" = json!([ErrorCode::StorageFull, ErrorCode::StorageUnavailable]))),
)]
pub async fn health_auto_export(
    state: Data<WorkerState>,
    originals: Data<Storage>,
    user: Permitted<WritesActivities>,
    body: ApiJson<Export, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let results = service::keep(&state, &originals, user.identity(), body.0).await?;
    Ok(HttpResponse::Ok().json(results))
}
