//! HTTP handler for unmerging.

use actix_web::{HttpResponse, http::header::ETag, web::Data};
use uuid::Uuid;

use super::service;
use crate::{
    activities::WrittenActivity,
    auth::{Permitted, tokens::WritesActivities},
    error::ApiResult,
    http::{ApiPath, revision_tag},
    state::WorkerState,
};

/// Unmerge an activity
///
/// Separates an activity that was merged from several sources. The records in `merged` become
/// separate activities again, and the values that came from them are reverted, unless they have
/// been changed since. An activity without merged records stays unchanged.
#[utoipa::path(
    post, path = "/activities/{id}/unmerge", operation_id = "unmerge_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity")),
    responses((
        status = 200, description = "The whole activity; without `activities:read`, its id and revision",
        body = WrittenActivity, headers(("ETag" = String)),
    )),
)]
pub async fn unmerge(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let activity = service::unmerge(&state, user.identity(), id.0).await?;
    let tag = revision_tag(activity.summary.revision);
    Ok(HttpResponse::Ok().insert_header(ETag(tag)).json(WrittenActivity::shown_to(&user, activity)))
}
