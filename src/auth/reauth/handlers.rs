//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::json;

use super::{service, types::CodeBody};
use crate::{auth::CurrentUser, error::ApiResult, http::ApiJson, state::WorkerState};

/// `POST /me/otp`: 202; 409 `email_missing` or `phone_number_missing`; 429 after 3 in 15 minutes.
pub async fn request_code(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<CodeBody>,
) -> ApiResult<HttpResponse> {
    service::request_code(&state, user.identity(), body.0.parse()?).await?;
    Ok(HttpResponse::Accepted().json(json!({"message": "a code is on its way"})))
}
