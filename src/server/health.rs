//! Endpoints for monitoring: liveness, readiness, metrics.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{FORWARDED, HeaderName},
    web::Data,
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    db::migrations,
    delivery::{Actors, DeliveryStatus},
    error::{ApiError, ApiResult, ErrorCode},
    state::WorkerState,
};

/// Response body of `GET /healthz`.
#[derive(Serialize, ToSchema)]
pub struct Health {
    status: &'static str,
}

/// Response body of `GET /readyz`. Only clients on the same machine get details.
#[derive(Serialize, ToSchema)]
pub struct Readiness {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    database: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivery: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    actors: Option<Actors>,
}

/// Check whether the process accepts requests
///
/// 200 while the process accepts requests, even if its database or delivery fails. 503
/// `shutting_down` before it stops. For load balancers.
#[utoipa::path(
    get, path = "/healthz", operation_id = "get_liveness", tag = "Operations",
    security(()),
    responses((status = 200, description = "The process accepts requests", body = Health)),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([ErrorCode::ShuttingDown]))),
)]
pub async fn healthz(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    stays(&state)?;
    Ok(HttpResponse::Ok().json(Health { status: "ok" }))
}

/// 503 `shutting_down` if the server is about to stop.
fn stays(state: &WorkerState) -> ApiResult<()> {
    if state.is_leaving() {
        let message = "this server is shutting down; try another one, or try again soon";
        return Err(ApiError::new(ErrorCode::ShuttingDown, message));
    }
    Ok(())
}

/// Check whether the server is ready
///
/// 200 if the database answers, its schema matches this server, and the delivery is running.
/// Otherwise 503 with the code of the problem. The check uses a shared connection, so that an
/// exhausted connection pool does not cause a restart.
#[utoipa::path(
    get, path = "/readyz", operation_id = "get_readiness", tag = "Operations",
    security(()),
    responses((status = 200, description = "The server is ready", body = Readiness)),
    extensions(
        ("x-any-parameters" = json!(true)),
        ("x-error-codes" = json!([
            ErrorCode::DeliveryUnavailable, ErrorCode::SchemaMismatch, ErrorCode::ShuttingDown
        ]))),
)]
pub async fn readyz(
    request: HttpRequest,
    state: Data<WorkerState>,
    of_delivery: Data<DeliveryStatus>,
) -> ApiResult<HttpResponse> {
    stays(&state)?;
    let has_our_schema =
        state.point_reads.run(async |conn| Ok(migrations::is_ours(conn).await?)).await?;
    let (actors, is_inside) = (of_delivery.actors(), is_inside(&request));
    let unready = |code, why: String| {
        let message =
            if is_inside { why } else { "this server is not ready; try again".to_owned() };
        Err(ApiError::new(code, message))
    };
    if !has_our_schema {
        let why = "the schema of the database does not match this server; see `sports-log status`";
        return unready(ErrorCode::SchemaMismatch, why.to_owned());
    }
    if !of_delivery.is_running() {
        let states = actors.named().map(|(name, state)| format!("{name}: {state}")).join(", ");
        let why = format!("message delivery is not running ({states})");
        return unready(ErrorCode::DeliveryUnavailable, why);
    }
    let ok = is_inside.then_some("ok");
    Ok(HttpResponse::Ok().json(Readiness {
        status: "ready",
        database: ok,
        delivery: ok,
        actors: is_inside.then_some(actors),
    }))
}

/// Whether the request comes from this machine, and was not forwarded by a proxy.
fn is_inside(request: &HttpRequest) -> bool {
    const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
    let headers = request.headers();
    let is_for_others = headers.contains_key(X_FORWARDED_FOR) || headers.contains_key(FORWARDED);
    let peer = request.peer_addr().map(|peer| peer.ip().to_canonical());
    peer.is_some_and(|peer| peer.is_loopback()) && !is_for_others
}

/// Get metrics for Prometheus
///
/// Metrics of this process, of the database and of the delivery.
#[utoipa::path(
    get, path = "/metrics", operation_id = "get_metrics", tag = "Operations",
    security(()),
    responses((
        status = 200, description = "The metrics in the text format of Prometheus",
        content_type = "text/plain; version=0.0.4", body = String,
    )),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn metrics(state: Data<WorkerState>) -> ApiResult<HttpResponse> {
    let text = state.metrics.render().map_err(ApiError::internal)?;
    Ok(HttpResponse::Ok().content_type(prometheus::TEXT_FORMAT).body(text))
}
