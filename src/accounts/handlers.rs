//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use serde_json::{Map, Value};

use super::{service, types::ProfileBody};
use crate::{
    auth::{CurrentUser, sessions::Device},
    error::ApiResult,
    http::ApiJson,
    state::WorkerState,
};

/// `GET /me`.
pub async fn get_me(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    Ok(HttpResponse::Ok().json(service::get_me(&state, user.identity()).await?))
}

/// `PUT /me/profile`: absent fields stay, `null` clears.
pub async fn update_profile(
    state: Data<WorkerState>,
    user: CurrentUser,
    device: Device,
    body: ApiJson<ProfileBody>,
) -> ApiResult<HttpResponse> {
    let me = service::update_profile(&state, user.identity(), body.0.parse()?, &device).await?;
    Ok(HttpResponse::Ok().json(me))
}

/// `PUT /me/preferences`: a merge patch; answers the merged object, at most 16 KiB.
pub async fn patch_preferences(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<Map<String, Value>>,
) -> ApiResult<HttpResponse> {
    let preferences = service::patch_preferences(&state, user.identity(), body.0).await?;
    Ok(HttpResponse::Ok().json(preferences))
}
