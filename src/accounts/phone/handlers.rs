//! HTTP handlers of the phone number.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;
use utoipa::ToSchema;

use super::service;
use crate::{
    accounts::types::Me,
    auth::{
        CurrentUser, Device,
        otp::{OtpCode, otp_code},
        reauth::{Proof, ProofBody},
    },
    credentials::PhoneNumber,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message},
    state::WorkerState,
    validation::{Patch, Validator},
};

/// Request body of `PUT /me/phone`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PhoneChange)]
pub struct NumberBody {
    /// The number in E.164 format; `null` removes it.
    #[serde(default)]
    #[schema(value_type = Option<String>, required, examples("+390612345678"))]
    phone_number: Patch<String>,
    #[serde(flatten)]
    proof: ProofBody,
}

/// Request body of `POST /me/phone/verification/confirm`.
#[derive(Deserialize, ToSchema)]
#[schema(as = PhoneCode)]
pub struct ConfirmBody {
    #[serde(default)]
    #[schema(value_type = String, required, pattern = "^[0-9]{6}$", examples("123456"))]
    code: Patch<String>,
}

impl NumberBody {
    fn parse(mut self) -> ApiResult<(Option<PhoneNumber>, Proof)> {
        let mut v = Validator::default();
        let number = match self.phone_number.take() {
            Patch::Null => Some(None),
            present => v
                .required("phone_number", present, |text| {
                    text.parse().map_err(|error| ("invalid_format", format!("{error}")))
                })
                .map(Some),
        };
        let proof = self.proof.parse(&mut v);
        Ok((v.finish_with(number)?, proof))
    }
}

impl ConfirmBody {
    fn parse(self) -> ApiResult<OtpCode> {
        let mut v = Validator::default();
        let code = v.required("code", self.code, otp_code);
        v.finish_with(code)
    }
}

/// Set or remove the phone number
///
/// A verified number is a login method, so this requires the account's `password`, or a `code` from
/// `POST /me/otp`. A changed number is not verified.
#[utoipa::path(
    put, path = "/me/phone", operation_id = "set_phone_number", tag = "Access",
    request_body = NumberBody,
    responses((status = 200, description = "The updated account", body = Me)),
    extensions(("x-error-codes" = json!([
        ErrorCode::LastWayIn, ErrorCode::ReauthenticationRequired, ErrorCode::InvalidCredentials,
        ErrorCode::InvalidCode, ErrorCode::RateLimited,
    ]))),
)]
pub async fn set(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<NumberBody>,
) -> ApiResult<HttpResponse> {
    let (number, proof) = body.0.parse()?;
    let me = service::set(&state, user.identity(), number, proof, &device).await?;
    Ok(HttpResponse::Ok().json(me))
}

/// Send a verification code to the phone number
///
/// Limited to 3 requests in 15 minutes.
#[utoipa::path(
    post, path = "/me/phone/verification", operation_id = "request_phone_code", tag = "Access",
    responses((status = 202, description = "The code is being sent", body = Message)),
    extensions(("x-error-codes" = json!([
        ErrorCode::PhoneNumberMissing, ErrorCode::PhoneAlreadyVerified, ErrorCode::RateLimited,
        ErrorCode::ChannelUnavailable, ErrorCode::PhoneNumberNotServed,
    ]))),
)]
pub async fn request(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    service::request(&state, user.identity()).await?;
    Ok(HttpResponse::Accepted().json(Message::new("a code is on its way to your number")))
}

/// Verify the phone number
///
/// Takes the code that was sent to the number. A verified number is a login method.
#[utoipa::path(
    post, path = "/me/phone/verification/confirm", operation_id = "confirm_phone_number", tag = "Access",
    request_body = ConfirmBody,
    responses((status = 200, description = "The account, with the number verified", body = Me)),
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
