//! HTTP handlers for changes of password and address, and for deletion of the account.

use actix_web::{HttpResponse, web::Data};

use super::{
    service,
    types::{ConfirmBody, DeletionBody, EmailBody, PasswordBody},
};
use crate::{
    auth::{AuthResponse, CurrentUser, Device, RefreshTokenIn},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message},
    state::WorkerState,
};

/// Change or set the password
///
/// Also sets the first password of an account without one. All sessions end, and the response has
/// the tokens of a new one.
#[utoipa::path(
    put, path = "/me/password", operation_id = "change_password", tag = "Access",
    request_body = PasswordBody,
    responses((status = 200, description = "The tokens of a new session", body = AuthResponse)),
    extensions(("x-error-codes" = json!([
        ErrorCode::WeakPassword, ErrorCode::EmailMissing, ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials,
        ErrorCode::InvalidCode, ErrorCode::RateLimited,
    ]))),
)]
pub async fn change_password(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<PasswordBody>,
) -> ApiResult<HttpResponse> {
    let (new_password, proof) = body.0.parse()?;
    let response =
        service::change_password(&state, user.identity(), &new_password, proof, &device).await?;
    Ok(response.answer(RefreshTokenIn::Body))
}

/// Request a change of the email address
///
/// Mails a code to the new address. The response is the same if the address belongs to another
/// account. Confirm the change with `POST /me/email/confirm`.
#[utoipa::path(
    put, path = "/me/email", operation_id = "request_email_change", tag = "Access",
    request_body = EmailBody,
    responses((status = 202, description = "The code is being sent", body = Message)),
    extensions(("x-error-codes" = json!([
        ErrorCode::ChannelUnavailable, ErrorCode::ReauthenticationRequired,
        ErrorCode::InvalidCredentials, ErrorCode::InvalidCode, ErrorCode::RateLimited,
    ]))),
)]
pub async fn change_email(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    let (email, proof) = body.0.parse()?;
    service::change_email(&state, user.identity(), email, proof).await?;
    Ok(HttpResponse::Accepted().json(Message::new("a code is on its way to this address")))
}

/// Confirm the new email address
///
/// Takes the code that was mailed to the new address. All sessions end, and the response has the
/// tokens of a new one.
#[utoipa::path(
    post, path = "/me/email/confirm", operation_id = "confirm_email_change", tag = "Access",
    request_body = ConfirmBody,
    responses((status = 200, description = "The tokens of a new session", body = AuthResponse)),
    extensions(("x-error-codes" = json!([ErrorCode::InvalidCode, ErrorCode::EmailTaken]))),
)]
pub async fn confirm_email(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<ConfirmBody>,
) -> ApiResult<HttpResponse> {
    let code = body.0.parse()?;
    let response = service::confirm_email(&state, user.identity(), &code, &device).await?;
    Ok(response.answer(RefreshTokenIn::Body))
}

/// Delete the account and all its data
///
/// This cannot be undone. Requires the `password`, or a `code` from `POST /me/otp`.
#[utoipa::path(
    delete, path = "/me", operation_id = "delete_account", tag = "Account",
    request_body = DeletionBody,
    responses((status = 204, description = "Deleted")),
    extensions(("x-error-codes" = json!([
        ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials, ErrorCode::InvalidCode,
        ErrorCode::RateLimited,
    ]))),
)]
pub async fn delete_account(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<DeletionBody>,
) -> ApiResult<HttpResponse> {
    service::delete_account(&state, user.identity(), body.0.parse()?, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
