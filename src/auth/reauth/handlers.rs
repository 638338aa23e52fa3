//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};

use super::{service, types::CodeBody};
use crate::{
    auth::CurrentUser,
    error::{ApiResult, ErrorCode},
    http::{ApiJson, Message},
    state::WorkerState,
};

/// Send a code that proves it is still you, for the requests that want a proof. Three in 15 minutes.
#[utoipa::path(
    post, path = "/me/otp", operation_id = "request_proof_code", tag = "Ways in",
    request_body = CodeBody,
    responses((status = 202, description = "A code is on its way", body = Message)),
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
