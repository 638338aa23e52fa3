//! HTTP to service and back.

use actix_web::{HttpResponse, web::Data};
use uuid::Uuid;

use super::{
    Streams,
    geojson::TrackFeature,
    store,
    types::{StreamParams, StreamsAnswer, TrackParams},
};
use crate::{
    auth::{Identity, Permitted, tokens::ReadsActivities},
    error::ApiResult,
    http::{ApiPath, ApiQuery},
    state::WorkerState,
};

/// What was measured along an activity.
///
/// Of `resolution=low` and `medium`, the points are spread evenly over those that were recorded, the first
/// and the last among them. An activity without any answers with no points.
#[utoipa::path(
    get, path = "/activities/{id}/streams", operation_id = "get_streams", tag = "Activities",
    params(("id" = Uuid, Path), StreamParams),
    responses((status = 200, description = "The series", body = StreamsAnswer)),
)]
pub async fn streams(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<StreamParams>,
) -> ApiResult<HttpResponse> {
    let wanted = params.0.wanted()?;
    let streams = read(&state, user.identity(), id.0).await?;
    Ok(HttpResponse::Ok().json(StreamsAnswer::new(streams, &wanted, params.0.resolution)))
}

/// The track of an activity, to be drawn on a map.
#[utoipa::path(
    get, path = "/activities/{id}/track.geojson", operation_id = "get_track", tag = "Activities",
    params(("id" = Uuid, Path), TrackParams),
    responses((
        status = 200, description = "A GeoJSON Feature (RFC 7946)", body = TrackFeature,
        content_type = "application/geo+json",
    )),
)]
pub async fn track(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<TrackParams>,
) -> ApiResult<HttpResponse> {
    let streams = params.0.resolution.of(read(&state, user.identity(), id.0).await?);
    let track = TrackFeature::new(id.0, &streams);
    Ok(HttpResponse::Ok().content_type("application/geo+json").json(track))
}

/// The streams of an activity, empty if it has none.
pub async fn read(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<Streams> {
    let found = {
        let conn = state.pool.get().await?;
        identity.found(store::find(&conn, identity, id).await?, &conn).await?
    };
    match found {
        (_, Some(data)) => Streams::unpack(&data),
        (started_at, None) => Ok(Streams { started_at, series: Vec::new(), breaks: Vec::new() }),
    }
}
