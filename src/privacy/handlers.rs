//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};

use super::{service, types::PrivacyZones};
use crate::{auth::CurrentUser, error::ApiResult, http::ApiJson, state::WorkerState};

/// List privacy zones
///
/// Those that you set, as you set them. Where shared tracks begin and end there are zones without
/// that.
#[utoipa::path(
    get, path = "/me/privacy-zones", operation_id = "get_privacy_zones", tag = "Account",
    responses((status = 200, description = "The zones", body = PrivacyZones)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let zones = service::own(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(PrivacyZones { zones }))
}

/// Replace privacy zones
///
/// Shared pictures leave out everything within `radius_meters` of each, and some hundred metres
/// more on one side, so that their middle does not give the place away. Applies to all shares, old
/// and new.
#[utoipa::path(
    put, path = "/me/privacy-zones", operation_id = "replace_privacy_zones", tag = "Account",
    request_body = PrivacyZones,
    responses((status = 200, description = "The zones", body = PrivacyZones)),
)]
pub async fn replace(
    state: Data<WorkerState>,
    user: CurrentUser,
    body: ApiJson<PrivacyZones>,
) -> ApiResult<HttpResponse> {
    let own = body.0.parse()?;
    let zones = service::replace_own(&state, user.identity(), own).await?;
    Ok(HttpResponse::Ok().json(PrivacyZones { zones }))
}
