//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use uuid::Uuid;

use super::service;
use crate::{
    auth::CurrentUser,
    error::{ApiError, ApiResult, ErrorCode},
    http::ApiQuery,
    state::WorkerState,
};

const DEFAULT_LIMIT: i64 = 20;
const MAX_LIMIT: i64 = 100;

/// The query string of `GET /me/security-events`.
#[derive(Deserialize)]
pub struct EventsParams {
    limit: Option<i64>,
    cursor: Option<Uuid>,
}

/// `GET /me/security-events`: newest first.
pub async fn list(
    state: Data<WorkerState>,
    user: CurrentUser,
    params: ApiQuery<EventsParams>,
) -> ApiResult<HttpResponse> {
    let limit = params.0.limit.unwrap_or(DEFAULT_LIMIT).min(MAX_LIMIT);
    if limit < 1 {
        let message = "limit must be at least 1";
        return Err(ApiError::new(ErrorCode::InvalidParameter, message));
    }
    let page = service::list(&state, user.identity(), params.0.cursor, limit).await?;
    Ok(HttpResponse::Ok().json(page))
}
