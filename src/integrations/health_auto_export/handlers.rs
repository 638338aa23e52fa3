//! HTTP handler for Health Auto Export.

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

/// Largest request body in bytes: fits workouts with their routes.
const MAX_BODY: usize = 16 * 1024 * 1024;

/// Receive workouts from Health Auto Export
///
/// The app repeatedly posts the workouts of the last days from Apple Health. A workout whose `id`
/// is known is updated if its measurements have changed. Values that the owner wrote stay.
#[utoipa::path(
    post, path = "/integrations/apple/health-auto-export", operation_id = "receive_health_auto_export",
    tag = "Imports", request_body = Export,
    responses((status = 200, description = "The outcome of each workout", body = Results)),
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
