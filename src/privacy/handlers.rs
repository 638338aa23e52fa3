//! HTTP handlers for privacy zones.

use actix_web::{HttpResponse, web::Data};

use super::{service, types::PrivacyZones};
use crate::{auth::CurrentUser, error::ApiResult, http::ApiJson, state::WorkerState};

/// List privacy zones
///
/// Returns the zones that you set. Zones at the start and end of shared tracks are created
/// automatically and are not listed.
#[utoipa::path(
    get, path = "/me/privacy-zones", operation_id = "get_privacy_zones", tag = "Account",
    responses((status = 200, description = "The privacy zones", body = PrivacyZones)),
)]
pub async fn list(state: Data<WorkerState>, user: CurrentUser) -> ApiResult<HttpResponse> {
    let zones = service::own(&state, user.identity()).await?;
    Ok(HttpResponse::Ok().json(PrivacyZones { zones }))
}

/// Replace privacy zones
///
/// Shared pictures hide everything within `radius_meters` of each zone. The hidden area extends
/// several hundred metres further on one side, so that its centre does not reveal the place. The
/// zones apply to all shares, existing and new.
#[utoipa::path(
    put, path = "/me/privacy-zones", operation_id = "replace_privacy_zones", tag = "Account",
    request_body = PrivacyZones,
    responses((status = 200, description = "The new privacy zones", body = PrivacyZones)),
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
