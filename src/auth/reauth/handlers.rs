//! HTTP handler of re-authentication codes.

use actix_web::{HttpResponse, web::Data};

use super::{service, types::CodeBody};
use crate::{
    auth::CurrentUser,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message},
    state::WorkerState,
};

/// Send a re-authentication code
///
/// Sensitive operations accept the code as `code`. Limited to 3 requests in 15 minutes per channel.
#[utoipa::path(
    post, path = "/me/otp", operation_id = "send_reauthentication_code", tag = "Access",
    request_body = CodeBody,
    responses((status = 202, description = "The code is being sent", body = Message)),
    extensions(("x-error-codes" = json!([
        ErrorCode::EmailMissing, ErrorCode::PhoneNumberMissing, ErrorCode::RateLimited,
        ErrorCode::ChannelUnavailable, ErrorCode::PhoneNumberNotServed, ErrorCode::CodesClosed,
    ]))),
)]
pub async fn request_code(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<CodeBody>,
) -> ApiResult<HttpResponse> {
    service::request_code(&state, user.identity(), body.0.parse()?).await?;
    Ok(HttpResponse::Accepted().json(Message::new("a code is on its way")))
}
