//! HTTP handlers of logins with a code.

use actix_web::{HttpResponse, web::Data};

use super::{
    service,
    types::{RequestBody, VerifyBody},
};
use crate::{
    auth::{AuthResponse, Device, DeviceTokenParam},
    credentials::LoginMethod,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message, MessageAttempt},
    state::WorkerState,
};

/// Request a login code
///
/// Sends a code of six digits to the address or verified phone number, if it belongs to an
/// account. The response is the same in any case. Limited to 3 requests in 15 minutes per
/// identifier and network.
#[utoipa::path(
    post, path = "/auth/otp/request", operation_id = "request_login_code", tag = "Login",
    security(()),
    params(DeviceTokenParam),
    request_body = RequestBody,
    responses((status = 200, description = "The same response for every identifier", body = Message)),
    extensions(("x-error-codes" = json!([
        ErrorCode::RateLimited, ErrorCode::ChannelUnavailable, ErrorCode::PhoneNumberNotServed,
    ]))),
)]
pub async fn request(
    state: Data<WorkerState>,
    MessageAttempt { network }: MessageAttempt,
    device: Device,
    body: ApiJson<RequestBody>,
) -> ApiResult<HttpResponse> {
    service::request(&state, &body.0.parse()?, network, &device).await?;
    let message = "if there is an account with this identifier, a code is on its way";
    Ok(HttpResponse::Ok().json(Message::new(message)))
}

/// Log in with a code
///
/// A code works once, for ten minutes, and allows five tries per network.
#[utoipa::path(
    post, path = "/auth/otp/verify", operation_id = "verify_login_code", tag = "Login",
    security(()),
    params(DeviceTokenParam),
    request_body = VerifyBody,
    responses((status = 200, description = "Logged in", body = AuthResponse)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCode, ErrorCode::AccountLocked]))),
)]
pub async fn verify(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<VerifyBody>,
) -> ApiResult<HttpResponse> {
    let (identifier, code, token_in) = body.0.parse()?;
    let response = service::verify(&state, &identifier, &code, &device).await;
    state.metrics.count_login(LoginMethod::Otp, response.is_ok());
    Ok(response?.answer(token_in))
}
