//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use serde_json::json;

use super::service;
use crate::{
    auth::{
        CurrentUser,
        otp::{OtpCode, otp_code},
        sessions::Device,
    },
    error::ApiResult,
    http::{ApiJson, Patch, Validator},
    state::WorkerState,
};

/// `POST /me/phone/verification/confirm`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ConfirmBody {
    code: Patch<String>,
}

impl ConfirmBody {
    fn parse(self) -> ApiResult<OtpCode> {
        let mut v = Validator::default();
        let code = v.required("code", self.code, otp_code);
        v.finish_with(code)
    }
}

/// `POST /me/phone/verification`: 202; 409 `phone_number_missing`, `phone_already_verified`; 429.
pub async fn request(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::request(&state, user.identity()).await?;
    Ok(HttpResponse::Accepted().json(json!({"message": "a code is on its way to your number"})))
}

/// `POST /me/phone/verification/confirm`: 200, the same shape as `GET /me`; 401 `invalid_code`;
/// 409 `phone_number_taken` where somebody else has proven the number.
pub async fn confirm(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<ConfirmBody>,
) -> ApiResult<HttpResponse> {
    let me = service::confirm(&state, user.identity(), &body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok().json(me))
}
