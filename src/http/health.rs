//! What health checks ask: does the process serve, and can it do its work?

use actix_web::{HttpResponse, web::Data};
use diesel_async::RunQueryDsl;
use serde_json::json;

use crate::{
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// `GET /healthz`: 200 while the process serves.
pub async fn healthz() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "ok"}))
}

/// `GET /readyz`: 200 when the database answers and delivery is running, else 503 with the code of
/// what is not.
pub async fn readyz(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
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
    Ok(HttpResponse::Ok().json(json!({
        "status": "ready", "database": "ok", "delivery": "ok", "actors": actors,
    })))
}
