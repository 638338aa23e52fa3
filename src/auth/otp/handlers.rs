//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{
    service,
    types::{RequestBody, VerifyBody},
};
use crate::{
    auth::sessions::{Device, LoginMethod},
    error::ApiResult,
    http::ApiJson,
    state::WorkerState,
};

/// `POST /auth/otp/request`: 200, whatever is known of the identifier; 429 after 3 in 15 minutes.
pub async fn request(
    state: Data<WorkerState>,
    body: ApiJson<RequestBody>,
) -> ApiResult<HttpResponse> {
    service::request(&state, &body.0.parse()?).await?;
    let message = "if there is an account with this identifier, a code is on its way";
    Ok(HttpResponse::Ok().json(json!({"message": message})))
}

/// `POST /auth/otp/verify`: 200 AuthResponse, or 401 `invalid_code`.
pub async fn verify(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<VerifyBody>,
) -> ApiResult<HttpResponse> {
    let (identifier, code) = body.0.parse()?;
    let response = service::verify(&state, &identifier, &code, &device).await;
    state.metrics.count_login(LoginMethod::Otp, response.is_ok());
    Ok(HttpResponse::Ok().json(response?))
}
