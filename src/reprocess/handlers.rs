//! HTTP handler for reprocessing.

use actix_web::{HttpResponse, http::header::ETag, web::Data};
use uuid::Uuid;

use super::{service, types::ReprocessAnswer};
use crate::{
    activities::originals::Storage,
    auth::{Permitted, tokens::WritesActivities},
    error::{ApiResult, ErrorCode},
    fair_use,
    http::{ApiPath, revision_tag},
    state::WorkerState,
};

/// Reprocess an activity's files
///
/// Reads the original files of the activity, and of the records merged into it (`merged`), with the
/// server's current readers, and updates the measured values. Values that a person has changed
/// stay. If a change is so old that the server did not record who made it, only the streams are
/// updated. `reprocessed` lists the changes, and what cannot be read in the files.
#[utoipa::path(
    post, path = "/activities/{id}/reprocess", operation_id = "reprocess_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity")),
    responses((
        status = 200,
        description = "The whole activity and what changed; without `activities:read`, its id and revision",
        body = ReprocessAnswer, headers(("ETag" = String)),
    )),
    extensions(("x-error-codes" = json!([
        ErrorCode::NoOriginal, ErrorCode::OriginalRefused, ErrorCode::StorageUnavailable,
    ]))),
)]
pub async fn reprocess(
    state: Data<WorkerState>,
    originals: Data<Storage>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let _permit = fair_use::stream().await?;
    let reprocessed = service::reprocess(&state, &originals, user.identity(), id.0).await?;
    let (activity, reports) = reprocessed;
    let tag = revision_tag(activity.summary.revision);
    let answer = ReprocessAnswer::shown_to(&user, activity, reports);
    Ok(HttpResponse::Ok().insert_header(ETag(tag)).json(answer))
}
