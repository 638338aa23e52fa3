//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{
    service,
    types::{ConfirmBody, DeletionBody, EmailBody, PasswordBody},
};
use crate::{
    auth::{CurrentUser, sessions::Device},
    error::ApiResult,
    http::ApiJson,
    state::WorkerState,
};

/// `PUT /me/password`: 200 AuthResponse of a new session; all others end.
pub async fn change_password(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<PasswordBody>,
) -> ApiResult<HttpResponse> {
    let (new_password, proof) = body.0.parse()?;
    let response =
        service::change_password(&state, user.identity(), &new_password, proof, &device).await?;
    Ok(HttpResponse::Ok().json(response))
}

/// `PUT /me/email`: 202; a code is mailed to the new address, whosever it is.
pub async fn change_email(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<EmailBody>,
) -> ApiResult<HttpResponse> {
    let (email, proof) = body.0.parse()?;
    service::change_email(&state, user.identity(), email, proof).await?;
    Ok(HttpResponse::Accepted().json(json!({"message": "a code is on its way to this address"})))
}

/// `POST /me/email/confirm`: 200 AuthResponse of a new session; all others end. 401 `invalid_code`;
/// 409 `email_taken`.
pub async fn confirm_email(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<ConfirmBody>,
) -> ApiResult<HttpResponse> {
    let code = body.0.parse()?;
    let response = service::confirm_email(&state, user.identity(), &code, &device).await?;
    Ok(HttpResponse::Ok().json(response))
}

/// `DELETE /me`: 204; everything of the account is gone.
pub async fn delete_account(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<DeletionBody>,
) -> ApiResult<HttpResponse> {
    service::delete_account(&state, user.identity(), body.0.parse()?, &device).await?;
    Ok(HttpResponse::NoContent().finish())
}
