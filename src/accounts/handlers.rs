//! HTTP handlers of the account and its profile.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde_json::{Map, Value};

use super::{
    service,
    types::{Me, ProfileBody},
};
use crate::{
    auth::{Permitted, tokens::ProfileScope},
    error::{ApiResult, ErrorCode},
    http::{ApiJson, IfMatch, IfMatchParam, IfNoneMatchParam, tagged},
    state::WorkerState,
};

/// Get the account and its profile
///
/// Also says whether mails and text messages reach the owner.
#[utoipa::path(
    get, path = "/me", operation_id = "get_me", tag = "Account",
    params(IfNoneMatchParam),
    responses(
        (status = 200, description = "The account", body = Me, headers(("ETag" = String))),
        (status = 304, description = "Not modified", headers(("ETag" = String))),
    ),
)]
pub async fn get_me(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ProfileScope>,
) -> ApiResult<HttpResponse> {
    tagged(&request, None, &service::get_me(&state, user.identity()).await?)
}

/// Update the profile
///
/// Absent fields are not changed. `null` resets a field to its default, or clears it.
#[utoipa::path(
    put, path = "/me/profile", operation_id = "update_profile", tag = "Account",
    params(IfMatchParam),
    extensions(("x-error-codes" = json!([ErrorCode::VersionMismatch]))),
    request_body = ProfileBody,
    responses((status = 200, description = "The updated account", body = Me)),
)]
pub async fn update_profile(
    state: Data<WorkerState>,
    user: Permitted<ProfileScope>,
    expected: IfMatch,
    body: ApiJson<ProfileBody>,
) -> ApiResult<HttpResponse> {
    let changes = body.0.parse()?;
    let me = service::update_profile(&state, user.identity(), &expected, changes).await?;
    Ok(HttpResponse::Ok().json(me))
}

/// Merge changes into the preferences
///
/// The body is a JSON Merge Patch (RFC 7396). The merged preferences may have at most 16 KiB.
#[utoipa::path(
    put, path = "/me/preferences", operation_id = "update_preferences", tag = "Account",
    params(IfMatchParam),
    extensions(("x-error-codes" = json!([ErrorCode::VersionMismatch]))),
    request_body = Map<String, Value>,
    responses((status = 200, description = "The merged preferences", body = Map<String, Value>)),
)]
pub async fn patch_preferences(
    state: Data<WorkerState>,
    user: Permitted<ProfileScope>,
    expected: IfMatch,
    body: ApiJson<Map<String, Value>>,
) -> ApiResult<HttpResponse> {
    let preferences =
        service::patch_preferences(&state, user.identity(), &expected, body.0).await?;
    Ok(HttpResponse::Ok().json(preferences))
}
