//! HTTP to service and back.

use actix_web::{
    HttpResponse,
    http::header::{ContentDisposition, DispositionParam, DispositionType},
    web::Data,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::{gpx, tcx};
use crate::{
    activities::{service, streams},
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiError, ApiResult, ErrorCode},
    http::{ApiPath, ApiQuery},
    state::WorkerState,
};

/// How an activity is written.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum TrackFormat {
    Gpx,
    Tcx,
}

/// The query string of `GET /activities/{id}/export`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrackFileParams {
    #[param(inline)]
    format: TrackFormat,
}

/// One activity as a file for other programs, with all that was recorded along it.
#[utoipa::path(
    get, path = "/activities/{id}/export", operation_id = "export_activity", tag = "Activities",
    params(("id" = Uuid, Path), TrackFileParams),
    responses((
        status = 200, description = "The file", headers(("Content-Disposition" = String)),
        content((String = "application/gpx+xml"), (String = "application/vnd.garmin.tcx+xml")),
    )),
    extensions(("x-error-codes" = json!([ErrorCode::NoTrack]))),
)]
pub async fn track_file(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<TrackFileParams>,
) -> ApiResult<HttpResponse> {
    let identity = user.identity();
    let activity = service::get(&state, identity, id.0).await?.summary;
    let streams = streams::read(&state, identity, id.0).await?;
    let (content, content_type, ending) = match params.0.format {
        TrackFormat::Gpx => {
            let written = gpx::write(&activity, &streams).map_err(ApiError::internal)?;
            let content = written.ok_or_else(|| {
                let message = "without a position there is no GPX; take TCX";
                ApiError::new(ErrorCode::NoTrack, message)
            })?;
            (content, "application/gpx+xml", "gpx")
        }
        TrackFormat::Tcx => {
            let content = tcx::write(&activity, &streams).map_err(ApiError::internal)?;
            (content, "application/vnd.garmin.tcx+xml", "tcx")
        }
    };
    let name = format!("{}.{ending}", activity.started_at.format("%Y-%m-%dT%H%M%SZ"));
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(name)],
    };
    Ok(HttpResponse::Ok().content_type(content_type).insert_header(disposition).body(content))
}
