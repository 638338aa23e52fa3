//! HTTP handler for the feed of changes.

use std::time::Duration;

use actix_web::{HttpResponse, web::Data};

use super::{
    ChangeNotifier,
    position::Position,
    service,
    types::{Changes, ChangesParams},
};
use crate::{
    activities::include::Include,
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiError, ApiResult, ErrorCode},
    http::ApiQuery,
    state::WorkerState,
};

const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 500;
const MAX_WAIT_SECS: u64 = 30;

/// List changes to activities
///
/// For clients that keep a copy of the log. Apply the changes in order: `deleted` removes an
/// activity, `changed` replaces the fields that it contains. Store `next` with the copy, and pass
/// it as `since` while `has_more` is true and whenever you synchronize again. No change is missed,
/// even during concurrent writes. A copy that has not been up to date for 90 days gets 410
/// `resync_required`: delete it and start again without `since`.
#[utoipa::path(
    get, path = "/activities/changes", operation_id = "list_activity_changes", tag = "Activities",
    params(ChangesParams),
    responses((status = 200, description = "Changes, the earliest first", body = Changes)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCursor, ErrorCode::ResyncRequired]))),
)]
pub async fn changes(
    state: Data<WorkerState>,
    notifier: Data<ChangeNotifier>,
    user: Permitted<ReadsActivities>,
    params: ApiQuery<ChangesParams>,
) -> ApiResult<HttpResponse> {
    let params = params.0;
    let since = params.since.map(|text| Position::open(&text, &state.server_key, user.user_id));
    let limit = params.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    if limit < 1 {
        return Err(ApiError::invalid_parameter("limit", "must be at least 1"));
    }
    let wait = Duration::from_secs(params.wait.unwrap_or(0).min(MAX_WAIT_SECS));
    let part = (limit, Include::parse(params.include.as_deref())?);
    let (identity, since) = (user.identity(), since.transpose()?);
    let changes = service::read(&state, &notifier, identity, since, part, wait).await?;
    Ok(HttpResponse::Ok().json(changes))
}
