//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{
    service,
    types::{EmailBody, LoginBody, RegisterBody, ResetBody, TokenBody},
};
use crate::{
    auth::sessions::{Device, LoginMethod},
    error::ApiResult,
    http::ApiJson,
    state::WorkerState,
};

/// `POST /auth/register`: 202 with the same answer for known and unknown addresses.
pub async fn register(
    state: Data<WorkerState>,
    body: ApiJson<RegisterBody>,
) -> ApiResult<HttpResponse> {
    service::register(&state, body.0.parse(&state.product_name)?).await?;
    Ok(HttpResponse::Accepted().json(json!({"message": "we have sent a mail to this address"})))
}

/// `POST /auth/verify-email`: 200 AuthResponse, or 400 `invalid_token`.
pub async fn verify_email(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<TokenBody>,
) -> ApiResult<HttpResponse> {
    let response = service::verify_email(&state, &body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok().json(response))
}

/// `POST /auth/resend-verification`: 202, whatever is known of the address.
pub async fn resend_verification(
    state: Data<WorkerState>,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::resend_verification(&state, &body.0.parse()?).await?;
    let message = "if an account waits for confirmation, a mail is on its way";
    Ok(HttpResponse::Accepted().json(json!({"message": message})))
}

/// `POST /auth/login`: 200 AuthResponse; 401 `invalid_credentials`; 403 `email_not_verified`.
pub async fn login(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<LoginBody>,
) -> ApiResult<HttpResponse> {
    let response = service::login(&state, body.0.parse()?, &device).await;
    state.metrics.count_login(LoginMethod::Local, response.is_ok());
    Ok(HttpResponse::Ok().json(response?))
}

/// `POST /auth/forgot-password`: 200, whatever is known of the address.
pub async fn forgot_password(
    state: Data<WorkerState>,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::forgot_password(&state, &body.0.parse()?).await?;
    let message = "if there is an account with this address, a mail is on its way";
    Ok(HttpResponse::Ok().json(json!({"message": message})))
}

/// `POST /auth/reset-password`: 200; from then on every older access token is refused.
pub async fn reset_password(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<ResetBody>,
) -> ApiResult<HttpResponse> {
    service::reset_password(&state, body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok()
        .json(json!({"message": "the password is changed; log in with the new one"})))
}
