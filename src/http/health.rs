//! What monitoring asks: does the process serve, can it do its work, and how is it?

use actix_web::{HttpResponse, web::Data};
use diesel_async::RunQueryDsl;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    delivery::Actors,
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// The process serves.
#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
}

/// What the service needs, and how it is.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    status: &'static str,
    database: &'static str,
    delivery: &'static str,
    actors: Actors,
}

/// 200 while the process serves and shall be sent requests, whether or not it can do all of its work:
/// for proxies.
#[utoipa::path(
    get, path = "/healthz", operation_id = "healthz", tag = "Operations",
    security(()),
    responses((status = 200, description = "It serves", body = Health)),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([ErrorCode::ShuttingDown]))),
)]
pub async fn healthz(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    stays(&state)?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}

/// 503 `shutting_down` when it does not.
fn stays(state: &WorkerState) -> ApiResult<()> {
    if state.is_leaving() {
        let message = "this server is about to end; ask another, or again soon";
        return Err(ApiError::new(ErrorCode::ShuttingDown, message));
    }
    Ok(())
}

/// 200 when the database answers and delivery is running, else 503 with the code of what is not.
#[utoipa::path(
    get, path = "/readyz", operation_id = "readyz", tag = "Operations",
    security(()),
    responses((status = 200, description = "It can do its work", body = Readiness)),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([ErrorCode::DeliveryUnavailable, ErrorCode::ShuttingDown]))),
)]
pub async fn readyz(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    stays(&state)?;
    let conn = state.pool.get().await?;
    diesel::select(diesel::dsl::sql::<diesel::sql_types::Integer>("1"))
        .execute(&mut &*conn)
        .await?;
    let actors = state.delivery.actors();
    if !state.delivery.is_running() {
        let states = actors.named().map(|(name, state)| format!("{name}: {state}")).join(", ");
        return Err(ApiError::new(
            ErrorCode::DeliveryUnavailable,
            format!("the delivery of messages is not running ({states})"),
        ));
    }
    Ok(HttpResponse::Ok().json(Readiness {
        status: "ready",
        database: "ok",
        delivery: "ok",
        actors,
    }))
}

/// What Prometheus scrapes.
#[utoipa::path(
    get, path = "/metrics", operation_id = "metrics", tag = "Operations",
    security(()),
    responses((
        status = 200, description = "The metrics in Prometheus' text format",
        content_type = "text/plain; version=0.0.4", body = String,
    )),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn metrics(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    let text = state.metrics.render().map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text))
}
