//! HTTP handler of the security log.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::service::{self, EventsPage};
use crate::{
    auth::CurrentUser,
    error::{ApiError, ApiResult, ErrorCode},
    http::ApiQuery,
    state::WorkerState,
};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// Query parameters of `GET /me/security-events`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct EventsParams {
    /// Page size. Values above 100 count as 100.
    #[param(minimum = 1, default = 20)]
    limit: Option<i64>,
    /// The `next_cursor` of the previous page.
    cursor: Option<Uuid>,
}

/// List security events
///
/// Logins and changes of access to the account during the last year, newest first.
#[utoipa::path(
    get, path = "/me/security-events", operation_id = "list_security_events", tag = "Sessions",
    params(EventsParams),
    responses((status = 200, description = "A page of events", body = EventsPage)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCursor]))),
)]
pub async fn list(
    state: Data<WorkerState>,
    user: CurrentUser,
    params: ApiQuery<EventsParams>,
) -> ApiResult<HttpResponse> {
    let limit = params.0.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    if limit < 1 {
        return Err(ApiError::invalid_parameter("limit", "must be at least 1"));
    }
    let page = service::list(&state, user.identity(), params.0.cursor, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}
