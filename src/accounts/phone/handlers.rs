//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::service;
use crate::accounts::types::Me;
use crate::{
    auth::{
        CurrentUser,
        otp::{OtpCode, otp_code},
        sessions::Device,
    },
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message, Patch, Validator},
    state::WorkerState,
};

/// `POST /me/phone/verification/confirm`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PhoneCode)]
pub struct ConfirmBody {
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^[0-9]{6}$", examples("123456"))]
    code: Patch<String>,
}

impl ConfirmBody {
    fn parse(self) -> ApiResult<OtpCode> {
        let mut v = Validator::default();
        let code = v.required("code", self.code, otp_code);
        v.finish_with(code)
    }
}

/// Send a code to the number of the profile. Three in 15 minutes.
#[utoipa::path(
    post, path = "/me/phone/verification", operation_id = "request_phone_code", tag = "Ways in",
    responses((status = 202, description = "A code is on its way", body = Message)),
    extensions(("x-error-codes" = json!([
        ErrorCode::PhoneNumberMissing, ErrorCode::PhoneAlreadyVerified, ErrorCode::RateLimited,
        ErrorCode::ChannelUnavailable,
    ]))),
)]
pub async fn request(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::request(&state, user.identity()).await?;
    Ok(HttpResponse::Accepted().json(Message::new("a code is on its way to your number")))
}

/// Prove the number of the profile by the code that was sent to it. It is a way in from then on.
#[utoipa::path(
    post, path = "/me/phone/verification/confirm", operation_id = "confirm_phone", tag = "Ways in",
    request_body = ConfirmBody,
    responses((status = 200, description = "Proven", body = Me)),
    extensions(("x-error-codes" = json!([
        ErrorCode::InvalidCode, ErrorCode::PhoneNumberMissing, ErrorCode::PhoneAlreadyVerified,
        ErrorCode::PhoneNumberTaken,
    ]))),
)]
pub async fn confirm(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<ConfirmBody>,
) -> ApiResult<HttpResponse> {
    let me = service::confirm(&state, user.identity(), &body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok().json(me))
}
