//! HTTP handlers for streams and tracks.

use actix_web::{HttpResponse, http::header::ContentType, web::Data};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{
    Reading,
    geojson::TrackFeature,
    store,
    types::{StreamParams, StreamsAnswer, TrackParams},
};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    credentials::Identity,
    error::ApiResult,
    fair_use,
    http::{ApiPath, ApiQuery, written},
    state::WorkerState,
};

/// Get an activity's streams
///
/// The values measured along the activity. With `resolution=low` or `medium`, evenly spread points
/// are selected, including the first and the last. An activity without streams has no points.
#[utoipa::path(
    get, path = "/activities/{id}/streams", operation_id = "get_streams", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), StreamParams),
    responses((status = 200, description = "The streams", body = StreamsAnswer)),
)]
pub async fn streams(
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
    params: ApiQuery<StreamParams>,
) -> ApiResult<HttpResponse> {
    let (wanted, resolution) = (params.0.wanted()?, params.0.resolution);
    let permit = fair_use::stream().await?;
    let found = read(&state, user.identity(), id.0).await?;
    let mut answer = HttpResponse::Ok();
    answer.content_type(ContentType::json());
    let begin = move || StreamsAnswer::text(Reading::of_found(found)?, &wanted, resolution);
    written(state, permit, answer, begin).await
}

/// Get an activity's track as GeoJSON
///
/// A line, or several if there are pauses or the track crosses the antimeridian.
#[utoipa::path(
    get, path = "/activities/{id}/track.geojson", operation_id = "get_track", tag = "Activities",
    params(("id" = Uuid, Path, description = "Id of the activity"), TrackParams),
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
    let permit = fair_use::stream().await?;
    let found = read(&state, user.identity(), id.0).await?;
    let mut answer = HttpResponse::Ok();
    answer.content_type("application/geo+json");
    let (id, resolution) = (id.0, params.0.resolution);
    let begin = move || TrackFeature::text(id, resolution.of(Reading::of_found(found)?));
    written(state, permit, answer, begin).await
}

/// The start time of an activity, and its packed streams if it has any.
pub async fn read(
    state: &WorkerState,
    identity: Identity,
    id: Uuid,
) -> ApiResult<(DateTime<Utc>, Option<Vec<u8>>)> {
    let conn = state.pool.get().await?;
    identity.found(store::find(&conn, identity, id).await?, &conn).await
}
