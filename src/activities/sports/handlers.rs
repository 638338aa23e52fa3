//! The list of them.

use actix_web::HttpResponse;
use serde::Serialize;
use utoipa::ToSchema;

use crate::sport::Sport;

/// The answer of `GET /activity-types`.
#[derive(Serialize, ToSchema)]
pub struct ActivityTypes {
    activity_types: &'static [Sport],
}

/// The kinds of sport that are known, and what files and services call them.
///
/// An activity may have any other `activity_type`, too.
#[utoipa::path(
    get, path = "/activity-types", operation_id = "list_activity_types", tag = "Activities",
    security(()),
    responses((status = 200, description = "All of them", body = ActivityTypes)),
)]
pub async fn activity_types() -> HttpResponse {
    HttpResponse::Ok().json(ActivityTypes { activity_types: &Sport::ALL })
}
