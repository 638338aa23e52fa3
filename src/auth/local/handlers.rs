//! HTTP handlers of registration, password login and password reset.

use actix_web::{HttpResponse, web::Data};

use super::{
    registration, service,
    types::{EmailBody, LoginBody, PasswordResetDone, RegisterBody, ResetBody, TokenBody},
};
use crate::{
    auth::{AuthResponse, Device, DeviceTokenParam, attempts},
    credentials::LoginMethod,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message, MessageAttempt},
    state::WorkerState,
};

/// Register an account
///
/// Mails a verification link, or a notice that the address already has an account, or nothing if
/// the address may not register. The response is the same in each case. With an `invitation`, the
/// account is created at once if the operator invited this address, or if the server cannot send
/// mail.
#[utoipa::path(
    post, path = "/auth/register", operation_id = "register_account", tag = "Login",
    security(()),
    request_body = RegisterBody,
    responses(
        (status = 200, description = "Registered and logged in", body = AuthResponse),
        (status = 202, description = "The mail is being sent", body = Message),
    ),
    extensions(("x-error-codes" = json!([
        ErrorCode::WeakPassword, ErrorCode::ChannelUnavailable, ErrorCode::InvalidToken,
        ErrorCode::AddressNotAllowed, ErrorCode::EmailTaken, ErrorCode::AccountLocked,
    ]))),
)]
pub async fn register(
    state: Data<WorkerState>,
    MessageAttempt { network }: MessageAttempt,
    device: Device,
    body: ApiJson<RegisterBody>,
) -> ApiResult<HttpResponse> {
    let registered = async {
        let (registration, token_in) = body.0.parse(&state.product_name)?;
        let response = registration::register(&state, registration, network, &device).await?;
        ApiResult::Ok((response, token_in))
    };
    let (response, token_in) = attempts::count_failure(&state, &device, registered.await).await?;
    let message = "if this address may register, a mail is on its way to it";
    Ok(match response {
        Some(response) => response.answer(token_in),
        None => HttpResponse::Accepted().json(Message::new(message)),
    })
}

/// Verify an email address
///
/// Takes the token from the verification mail, and logs in.
#[utoipa::path(
    post, path = "/auth/verify-email", operation_id = "verify_email", tag = "Login",
    security(()),
    request_body = TokenBody,
    responses((status = 200, description = "Verified and logged in", body = AuthResponse)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidToken, ErrorCode::AccountLocked]))),
)]
pub async fn verify_email(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<TokenBody>,
) -> ApiResult<HttpResponse> {
    let confirmed = async {
        let (token, token_in) = body.0.parse()?;
        ApiResult::Ok((service::verify_email(&state, &token, &device).await?, token_in))
    };
    let (response, token_in) = attempts::count_failure(&state, &device, confirmed.await).await?;
    Ok(response.answer(token_in))
}

/// Resend the verification mail
///
/// Sends a mail only if a registration for this address awaits verification. The response is the
/// same in any case.
#[utoipa::path(
    post, path = "/auth/resend-verification", operation_id = "resend_verification_mail", tag = "Login",
    security(()),
    request_body = EmailBody,
    responses((status = 202, description = "The same response for every address", body = Message)),
    extensions(("x-error-codes" = json!([ErrorCode::ChannelUnavailable]))),
)]
pub async fn resend_verification(
    state: Data<WorkerState>,
    MessageAttempt { network }: MessageAttempt,
    device: Device,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::resend_verification(&state, &body.0.parse()?, network, &device).await?;
    let message =
        "if an account with this address is waiting for confirmation, a mail is on its way";
    Ok(HttpResponse::Accepted().json(Message::new(message)))
}

/// Log in with a password
///
/// Send the `token` as a bearer token. Renew it with `POST /auth/refresh` before it expires.
#[utoipa::path(
    post, path = "/auth/login", operation_id = "login", tag = "Login",
    security(()),
    params(DeviceTokenParam),
    request_body = LoginBody,
    responses((status = 200, description = "Logged in", body = AuthResponse)),
    extensions(("x-error-codes" = json!([
        ErrorCode::InvalidCredentials, ErrorCode::PasswordClosed, ErrorCode::AccountLocked,
    ]))),
)]
pub async fn login(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<LoginBody>,
) -> ApiResult<HttpResponse> {
    let (login, token_in) = body.0.parse()?;
    let response = service::login(&state, login, &device).await;
    state.metrics.count_login(LoginMethod::Local, response.is_ok());
    Ok(response?.answer(token_in))
}

/// Request a password reset
///
/// Mails a link to choose a new password, if the address has an account. The response is the
/// same in any case.
#[utoipa::path(
    post, path = "/auth/forgot-password", operation_id = "request_password_reset", tag = "Login",
    security(()),
    params(DeviceTokenParam),
    request_body = EmailBody,
    responses((status = 200, description = "The same response for every address", body = Message)),
    extensions(("x-error-codes" = json!([ErrorCode::ChannelUnavailable]))),
)]
pub async fn forgot_password(
    state: Data<WorkerState>,
    MessageAttempt { network }: MessageAttempt,
    device: Device,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    service::forgot_password(&state, &body.0.parse()?, network, &device).await?;
    let message = "if there is an account with this address, a mail is on its way";
    Ok(HttpResponse::Ok().json(Message::new(message)))
}

/// Reset the password
///
/// Takes the token from the mail. All sessions and personal access tokens end. Shares, webhooks and
/// other grants of access stay unless `end` lists them; the response counts those that are left.
#[utoipa::path(
    post, path = "/auth/reset-password", operation_id = "reset_password", tag = "Login",
    security(()),
    request_body = ResetBody,
    responses((status = 200, description = "The password was changed", body = PasswordResetDone)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidToken, ErrorCode::WeakPassword]))),
)]
pub async fn reset_password(
    state: Data<WorkerState>,
    device: Device,
    body: ApiJson<ResetBody>,
) -> ApiResult<HttpResponse> {
    let changed = async { service::reset_password(&state, body.0.parse()?, &device).await };
    let still_open = attempts::count_failure(&state, &device, changed.await).await?;
    let message = "the password was changed; log in with the new one";
    Ok(HttpResponse::Ok().json(PasswordResetDone { message, still_open }))
}
