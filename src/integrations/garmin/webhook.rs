//! Webhooks from Garmin. Only the path, which nobody else knows, proves that a request
//! comes from Garmin. Therefore only events about connected users are stored, and tokens
//! are sent to nobody else.

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
    http::{ApiJson, ApiPath},
    integrations::fields::{Fields, at_most},
    state::WorkerState,
    validation::check_text,
};

const MAX_BODY: usize = 16 * 1024 * 1024;

/// The permission that activities need.
const EXPORT: &str = r#""ACTIVITY_EXPORT""#;

/// Maximum number of entries that are read of each kind: a body has no room for more with content.
const MAX_ENTRIES: usize = 300_000;

/// A notification from Garmin: one of these lists, with entries for one or several users. Other
/// notifications are ignored.
#[derive(Deserialize, ToSchema)]
#[schema(as = GarminNotification)]
#[serde(rename_all = "camelCase")]
pub struct Notification {
    #[serde(default, deserialize_with = "at_most::<MAX_ENTRIES, _>")]
    #[schema(value_type = Vec<Object>)]
    activities: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "at_most::<MAX_ENTRIES, _>")]
    #[schema(value_type = Vec<Object>)]
    activity_files: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "at_most::<MAX_ENTRIES, _>")]
    #[schema(value_type = Vec<Object>)]
    deregistrations: Vec<Box<RawValue>>,
    #[serde(default, deserialize_with = "at_most::<MAX_ENTRIES, _>")]
    #[schema(value_type = Vec<Object>)]
    user_permissions_change: Vec<Box<RawValue>>,
}

/// Receive a Garmin webhook
///
/// For Garmin's developer programme. Only Garmin knows the path.
#[utoipa::path(
    post, path = "/integrations/garmin/webhook/{secret}", operation_id = "receive_garmin_webhook", tag = "Garmin",
    security(()),
    params(("secret" = String, Path, description = "The secret that only Garmin knows")),
    request_body = Notification,
    responses((status = 200, description = "Stored, and processed soon")),
    extensions(("x-any-parameters" = json!(true))),
)]
pub async fn webhook(
    state: Data<WorkerState>,
    secret: ApiPath<String>,
    body: ApiJson<Notification, MAX_BODY>,
) -> ApiResult<HttpResponse> {
    let developer = state.garmin.developer.as_ref().ok_or_else(ApiError::not_found)?;
    let digest = |secret: &str| Sha256::digest(secret.as_bytes());
    // Comparing digests reveals nothing by the time that it takes.
    if digest(&secret.0) != digest(developer.webhook_secret.expose_secret()) {
        return Err(ApiError::not_found());
    }
    keep(&state, body.0).await?;
    Ok(HttpResponse::Ok().finish())
}

/// Stores all of a notification or nothing: Garmin repeats a request that is not answered with 200.
/// An entry that cannot be read would be repeated forever, so it is counted and skipped.
async fn keep(state: &WorkerState, told: Notification) -> ApiResult<()> {
    let mut conn = state.pool.get().await?;
    let unreadable = conn
        .transaction::<_, ApiError, _>(async |conn| {
            let activities = told.activities.iter().map(|told| (EventKind::Activity, told));
            let files = told.activity_files.iter().map(|told| (EventKind::File, told));
            let mut unreadable = 0;
            for (kind, told) in activities.chain(files) {
                let Some((user_id, fields)) = addressed(told) else {
                    unreadable += 1;
                    continue;
                };
                let body = JsonText::of(&fields.storable()).map_err(ApiError::internal)?;
                store::add_event(conn, &user_id, kind, &body).await?;
            }
            for told in &told.deregistrations {
                let Some((user_id, _)) = addressed(told) else {
                    unreadable += 1;
                    continue;
                };
                let problem =
                    ("revoked", "the connection was revoked at Garmin: connect Garmin again");
                set_permission(conn, &user_id, Some(problem)).await?;
            }
            for told in &told.user_permissions_change {
                let read = addressed(told).and_then(|(user_id, fields)| {
                    Some((user_id, fields.list("permissions", MAX_ENTRIES)?))
                });
                let Some((user_id, permissions)) = read else {
                    unreadable += 1;
                    continue;
                };
                let is_missing = !permissions.iter().any(|permission| permission.get() == EXPORT);
                let problem =
                    ("permission_missing", "Garmin is no longer permitted to send activities");
                set_permission(conn, &user_id, is_missing.then_some(problem)).await?;
            }
            store::notify(conn).await?;
            Ok(unreadable)
        })
        .await?;
    if unreadable > 0 {
        tracing::warn!(garmin.unreadable = unreadable, "cannot read notifications from Garmin");
        let metric = &state.metrics.imports.garmin_events;
        metric.with_label_values(&["unreadable"]).inc_by(unreadable);
    }
    Ok(())
}

/// An entry, and the id at Garmin of its user.
fn addressed(told: &RawValue) -> Option<(String, Fields<'_>)> {
    let fields = Fields::read(told.get())?;
    let user_id = fields.text("userId").filter(|user_id| check_text(user_id, 200).is_ok())?;
    Some((user_id, fields))
}

async fn set_permission(
    conn: &diesel_async::AsyncPgConnection,
    garmin_user_id: &str,
    problem: Option<(&str, &str)>,
) -> ApiResult<()> {
    for (id, user_id) in store::set_permission(conn, garmin_user_id, problem).await? {
        if problem.is_some() {
            service::tell_owner(conn, user_id, id).await?;
        }
    }
    Ok(())
}
