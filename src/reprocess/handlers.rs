//! HTTP to service and back.

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

/// Read an activity's file again.
///
/// What was measured changes to what today's readers find in the file that the activity was made
/// of, and in those of the records behind it (`merged`). What a person changed stays. An activity
/// that was changed before the server remembered by whom keeps its values; only its series are
/// read anew. `reprocessed` lists what changed, and what of the files cannot be read.
#[utoipa::path(
    post, path = "/activities/{id}/reprocess", operation_id = "reprocess_activity", tag = "Activities",
    params(("id" = Uuid, Path)),
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
    let _turn = fair_use::stream().await?;
    let reprocessed = service::reprocess(&state, &originals, user.identity(), id.0).await?;
    let (activity, reports) = reprocessed;
    let tag = revision_tag(activity.summary.revision);
    let answer = ReprocessAnswer::shown_to(&user, activity, reports);
    Ok(HttpResponse::Ok().insert_header(ETag(tag)).json(answer))
}
