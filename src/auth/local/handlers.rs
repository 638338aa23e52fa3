//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};

use super::{
    service,
    types::{EmailBody, LoginBody, PasswordResetDone, RegisterBody, ResetBody, TokenBody},
};
use crate::{
    auth::{
        AuthResponse,
        sessions::{Device, LoginMethod},
    },
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Attempt, Message, MessageAttempt},
    state::WorkerState,
};

/// Make an account.
///
/// The answer is the same for known and unknown addresses; the address gets a mail either way.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register", tag = "Logging in",
    security(()),
    request_body = RegisterBody,
    responses((status = 202, description = "A mail is on its way", body = Message)),
    extensions(("x-error-codes" = json!([ErrorCode::WeakPassword, ErrorCode::ChannelUnavailable]))),
)]
pub async fn register(
    state: Data<WorkerState>,
    _: Attempt,
    MessageAttempt { network }: MessageAttempt,
    body: ApiJson<RegisterBody>,
) -> ApiResult<HttpResponse> {
    service::register(&state, body.0.parse(&state.product_name)?, network).await?;
    Ok(HttpResponse::Accepted().json(Message::new("we have sent a mail to this address")))
}

/// Confirm an address by the token that was mailed to it. Logs in.
#[utoipa::path(
    post, path = "/auth/verify-email", operation_id = "verify_email", tag = "Logging in",
    security(()),
    request_body = TokenBody,
    responses((status = 200, description = "Confirmed and logged in", body = AuthResponse)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidToken, ErrorCode::AccountLocked]))),
)]
pub async fn verify_email(
    state: Data<WorkerState>,
    _: Attempt,
    device: Device,
    body: ApiJson<TokenBody>,
) -> ApiResult<HttpResponse> {
    let response = service::verify_email(&state, &body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok().json(response))
}

/// Mail the link that confirms an address once more, if an account waits for it.
#[utoipa::path(
    post, path = "/auth/resend-verification", operation_id = "resend_verification", tag = "Logging in",
    security(()),
    request_body = EmailBody,
    responses((status = 202, description = "Whatever is known of the address", body = Message)),
    extensions(("x-error-codes" = json!([ErrorCode::ChannelUnavailable]))),
)]
pub async fn resend_verification(
    state: Data<WorkerState>,
    _: Attempt,
    MessageAttempt { network }: MessageAttempt,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::resend_verification(&state, &body.0.parse()?, network).await?;
    let message = "if an account waits for confirmation, a mail is on its way";
    Ok(HttpResponse::Accepted().json(Message::new(message)))
}

/// Log in by password.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "Logging in",
    security(()),
    request_body = LoginBody,
    responses((status = 200, description = "Logged in", body = AuthResponse)),
    extensions(("x-error-codes" = json!([
        ErrorCode::InvalidCredentials, ErrorCode::EmailNotVerified, ErrorCode::AccountLocked,
    ]))),
)]
pub async fn login(
    state: Data<WorkerState>,
    _: Attempt,
    device: Device,
    body: ApiJson<LoginBody>,
) -> ApiResult<HttpResponse> {
    let response = service::login(&state, body.0.parse()?, &device).await;
    state.metrics.count_login(LoginMethod::Local, response.is_ok());
    Ok(HttpResponse::Ok().json(response?))
}

/// Mail a link to choose a new password, if there is an account.
#[utoipa::path(
    post, path = "/auth/forgot-password", operation_id = "forgot_password", tag = "Logging in",
    security(()),
    request_body = EmailBody,
    responses((status = 200, description = "Whatever is known of the address", body = Message)),
    extensions(("x-error-codes" = json!([ErrorCode::ChannelUnavailable]))),
)]
pub async fn forgot_password(
    state: Data<WorkerState>,
    _: Attempt,
    MessageAttempt { network }: MessageAttempt,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::forgot_password(&state, &body.0.parse()?, network).await?;
    let message = "if there is an account with this address, a mail is on its way";
    Ok(HttpResponse::Ok().json(Message::new(message)))
}

/// Choose a new password by the token that was mailed.
///
/// Every session and personal access token ends. Shares, webhooks and the other ways to see the
/// account or to get into it stay, unless `end` names them; the answer counts those that are left.
#[utoipa::path(
    post, path = "/auth/reset-password", operation_id = "reset_password", tag = "Logging in",
    security(()),
    request_body = ResetBody,
    responses((status = 200, description = "The password is changed", body = PasswordResetDone)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidToken, ErrorCode::WeakPassword]))),
)]
pub async fn reset_password(
    state: Data<WorkerState>,
    _: Attempt,
    device: Device,
    body: ApiJson<ResetBody>,
) -> ApiResult<HttpResponse> {
    let still_open = service::reset_password(&state, body.0.parse()?, &device).await?;
    let message = "the password is changed; log in with the new one";
    Ok(HttpResponse::Ok().json(PasswordResetDone { message, still_open }))
}
