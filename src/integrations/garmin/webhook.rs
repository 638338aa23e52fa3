//! What Garmin tells by itself. Nothing proves that it is Garmin but a path that nobody else knows, so that
//! only what is about a connected user is kept, and tokens are shown to nobody else.

use actix_web::{HttpResponse, web::Data};
use diesel_async::AsyncConnection;
use secrecy::ExposeSecret;
use serde::Deserialize;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};
use utoipa::ToSchema;

use super::{
    service,
    store::{self, EventKind},
};
use crate::{
    db::JsonText,
    error::{ApiError, ApiResult},
    http::{ApiJson, ApiPath, check_json},
    state::WorkerState,
};

const MAX_BODY: usize = 16 * 1024 * 1024;

/// What activities are told for.
const EXPORT: &str = "ACTIVITY_EXPORT";

/// What Garmin posts: one of these, with an entry for each of some users. What else it tells is passed over.
#[derive(Deserialize, ToSchema)]
#[schema(as = GarminNotification)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    activities: Vec<Box<RawValue>>,
    #[serde(default)]
    #[schema(value_type = Vec<Object>)]
    activity_files: Vec<Box<RawValue>>,
    #[serde(default)]
    deregistrations: Vec<Deregistration>,
    #[serde(default)]
    user_permissions_change: Vec<PermissionsChange>,
}

/// Somebody has ended the connection at Garmin.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Deregistration {
    user_id: String,
}

/// Somebody has changed what Garmin may tell.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct PermissionsChange {
    user_id: String,
    permissions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Addressed {
    user_id: String,
}

/// Hear from Garmin. For Garmin's developer programme; nobody else knows the path.
#[utoipa::path(
    post, path = "/integrations/garmin/webhook/{secret}", operation_id = "garmin_webhook", tag = "Garmin",
    security(()),
    params(("secret" = String, Path)),
    request_body = Notification,
    responses((status = 200, description = "Kept, and dealt with soon")),
)]
pub async fn webhook(
    state: Data<WorkerState>,
    secret: ApiPath<String>,
    body: ApiJson<Notification, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let developer = state.garmin.developer.as_ref().ok_or_else(ApiError::not_found)?;
    let digest = |secret: &str| Sha256::digest(secret.as_bytes());
    // Of digests, nothing is learned from how long it takes to compare them.
    if digest(&secret.0) != digest(developer.webhook_secret.expose_secret()) {
        return Err(ApiError::not_found());
    }
    keep(&state, body.0).await?;
    Ok(HttpResponse::Ok().finish())
}

/// All of it or nothing: Garmin posts again what was not answered with 200.
async fn keep(state: &WorkerState, told: Notification) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    conn.transaction::<_, ApiError, _>(async |conn| {
        let activities = told.activities.iter().map(|told| (EventKind::Activity, told));
        let files = told.activity_files.iter().map(|told| (EventKind::File, told));
        for (kind, told) in activities.chain(files) {
            // What PostgreSQL cannot keep has nothing of use, and must not keep out the rest: NUL, half of a surrogate pair.
            let can_be_kept = check_json(told.get(), MAX_BODY).is_ok();
            let Ok(Addressed { user_id }) = serde_json::from_str(told.get()) else { continue };
            if can_be_kept {
                let body = JsonText::of(told).map_err(ApiError::internal)?;
                store::add_event(conn, &user_id, kind, &body).await?;
            }
        }
        for Deregistration { user_id } in &told.deregistrations {
            let problem = ("revoked", "the connection was ended at Garmin: connect it again");
            set_permission(conn, user_id, Some(problem)).await?;
        }
        for PermissionsChange { user_id, permissions } in &told.user_permissions_change {
            let is_missing = !permissions.iter().any(|permission| permission == EXPORT);
            let problem = ("permission_missing", "Garmin may not tell of activities any more");
            set_permission(conn, user_id, is_missing.then_some(problem)).await?;
        }
        Ok(store::notify(conn).await?)
    })
    .await
}

async fn set_permission(
    conn: &diesel_async::AsyncPgConnection,
    garmin_user_id: &str,
    problem: Option<(&str, &str)>,
) -> ApiResult<()> {
    if garmin_user_id.contains('\0') {
        return Ok(());
    }
    for (id, user_id) in store::set_permission(conn, garmin_user_id, problem).await? {
        if problem.is_some() {
            service::tell_owner(conn, user_id, id).await?;
        }
    }
    Ok(())
}
