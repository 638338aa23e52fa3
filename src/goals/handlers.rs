//! HTTP handlers for goals.

use actix_web::{HttpResponse, http::header, web::Data};
use uuid::Uuid;

use super::{
    service,
    types::{GoalAnswer, GoalBody, GoalChangesBody, Goals, WrittenGoal},
};
use crate::{
    auth::{
        Permitted,
        tokens::{ReadsActivities, WritesActivities},
    },
    error::{ApiResult, ErrorCode},
    http::{ApiJson, ApiPath, ApiQuery, IdempotencyKeyParam, IdempotentJson},
    state::WorkerState,
    stats::days::DayParams,
};

/// Create a goal
///
/// The target applies again in each week, month or year.
#[utoipa::path(
    post, path = "/me/goals", operation_id = "create_goal", tag = "Goals",
    params(DayParams, IdempotencyKeyParam),
    request_body = GoalBody,
    responses((
        status = 201, description = "The goal and its progress. A token without `activities:read` gets only the id.", body = WrittenGoal,
        headers(("Location" = String, description = "Path of the new goal")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::TooManyGoals, ErrorCode::IdempotencyKeyReused]))),
)]
pub async fn create(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    params: ApiQuery<DayParams>,
    request: IdempotentJson<GoalBody>,
) -> ApiResult<HttpResponse> {
    let new = request.body.parse()?;
    let goal = service::create(&state, user.identity(), request.key, &params.0, &new).await?;
    let location = (header::LOCATION, format!("/me/goals/{}", goal.id));
    Ok(HttpResponse::Created().insert_header(location).json(WrittenGoal::shown_to(&user, goal)))
}

/// List goals
///
/// Each goal comes with its progress in the current week, month or year.
#[utoipa::path(
    get, path = "/me/goals", operation_id = "list_goals", tag = "Goals",
    params(DayParams),
    responses((status = 200, description = "All goals, oldest first", body = Goals)),
)]
pub async fn list(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    params: ApiQuery<DayParams>,
) -> ApiResult<HttpResponse> {
    let goals = service::list(&state, user.identity(), &params.0).await?;
    Ok(HttpResponse::Ok().json(Goals { goals }))
}

/// Get a goal
///
/// Includes the progress in the current period.
#[utoipa::path(
    get, path = "/me/goals/{id}", operation_id = "get_goal", tag = "Goals",
    params(("id" = Uuid, Path, description = "Id of the goal"), DayParams),
    responses((status = 200, description = "The goal and its progress", body = GoalAnswer)),
)]
pub async fn get(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<DayParams>,
) -> ApiResult<HttpResponse> {
    let goal = service::get(&state, user.identity(), &params.0, id.0).await?;
    Ok(HttpResponse::Ok().json(goal))
}

/// Change a goal's target
///
/// The metric, the period and the sport of a goal cannot be changed. Create another goal instead.
#[utoipa::path(
    put, path = "/me/goals/{id}", operation_id = "update_goal", tag = "Goals",
    params(("id" = Uuid, Path, description = "Id of the goal"), DayParams),
    request_body = GoalChangesBody,
    responses((
        status = 200, description = "The goal and its progress. A token without `activities:read` gets only the id.",
        body = WrittenGoal,
    )),
)]
pub async fn update(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<DayParams>,
    body: ApiJson<GoalChangesBody>,
) -> ApiResult<HttpResponse> {
    let target = body.0.parse()?;
    let goal = service::update(&state, user.identity(), &params.0, id.0, target).await?;
    Ok(HttpResponse::Ok().json(WrittenGoal::shown_to(&user, goal)))
}

/// Delete a goal
///
/// Activities are not affected.
#[utoipa::path(
    delete, path = "/me/goals/{id}", operation_id = "delete_goal", tag = "Goals",
    params(("id" = Uuid, Path, description = "Id of the goal")),
    responses((status = 204, description = "Deleted")),
)]
pub async fn delete(
    state: Data<WorkerState>,
    user: Permitted<WritesActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    service::delete(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::NoContent().finish())
}
