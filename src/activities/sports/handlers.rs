//! HTTP handler for activity types.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::sport::Sport;

/// Response of `GET /activity-types`.
#[derive(Serialize, ToSchema)]
pub struct ActivityTypes {
    activity_types: &'static [Sport],
}

/// List known activity types
///
/// Each type has the names that files and services use for it. An activity may also have any
/// other `activity_type`.
#[utoipa::path(
    get, path = "/activity-types", operation_id = "list_activity_types", tag = "Activities",
    security(()),
    responses((status = 200, description = "All known types", body = ActivityTypes)),
)]
pub async fn activity_types() -> HttpResponse {
    HttpResponse::Ok().json(ActivityTypes { activity_types: &Sport::ALL })
}
