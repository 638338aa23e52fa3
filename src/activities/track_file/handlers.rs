//! HTTP handler for track files.

use actix_web::{
    HttpResponse,
    http::header::{ContentDisposition, DispositionParam, DispositionType},
    web::Data,
};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::{document::Document, format::TrackFormat, text::TrackText};
use crate::{
    activities::{
        imported, service,
        streams::{self, Reading},
    },
    auth::{Permitted, tokens::ReadsActivities},
    error::{ApiResult, ErrorCode},
    fair_use,
    http::{ApiPath, ApiQuery, written},
    state::WorkerState,
};

/// Query parameters of `GET /activities/{id}/export`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrackFileParams {
    #[param(inline)]
    format: TrackFormat,
}

/// Export an activity as GPX or TCX
///
/// The file contains everything that was recorded along the activity. An additional element
/// (namespace `urn:sports-log:activity:1`) holds what the formats have no place for: the UTC
/// offset, measured totals, laps, and the id. When the file is imported again, this element
/// identifies the activity. In TCX, the notes begin with the title.
#[utoipa::path(
    get, path = "/activities/{id}/export", operation_id = "export_activity", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), TrackFileParams),
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
    let (identity, format) = (user.identity(), params.0.format);
    let permit = fair_use::stream().await?;
    let activity = service::get(&state, identity, id.0).await?;
    let found = streams::read(&state, identity, id.0).await?;
    let computed = imported::computed(&*state.pool.get().await?, identity.user_id, id.0).await?;
    let document = Document::new(activity, computed)?;
    let name = document.activity.started_at.format("%Y-%m-%dT%H%M%SZ");
    let disposition = ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![DispositionParam::Filename(format!("{name}.{format}"))],
    };
    let mut answer = HttpResponse::Ok();
    answer.content_type(format.content_type()).insert_header(disposition);
    let begin = move || TrackText::new(format, document, &Reading::of_found(found)?);
    written(state, permit, answer, begin).await
}
