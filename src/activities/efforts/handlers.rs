//! HTTP handler for efforts.

use actix_web::{HttpRequest, HttpResponse, web::Data};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EffortKind, Strength, Unit, store};
use crate::{
    auth::{Permitted, tokens::ReadsActivities},
    credentials::Identity,
    error::{ApiError, ApiResult},
    http::{ApiPath, IfNoneMatchParam, cached, tagged},
    sport::ExerciseSet,
    state::WorkerState,
};

/// One of the best efforts of an activity.
#[derive(Serialize, ToSchema)]
#[schema(as = Effort)]
pub struct EffortAnswer {
    #[schema(examples("fastest_5km"))]
    kind: &'static str,
    #[schema(examples(1234.5))]
    value: f64,
    unit: Unit,
    /// Seconds since the activity started, including pauses.
    start_secs: f64,
    end_secs: f64,
}

/// Response of `GET /activities/{id}/efforts`.
#[derive(Serialize, ToSchema)]
pub struct EffortsAnswer {
    efforts: Vec<EffortAnswer>,
    /// Totals of the sets; `null` if the activity has none.
    #[schema(required)]
    strength: Option<Strength>,
}

/// Get an activity's best efforts
///
/// The fastest 400 m to marathon, the highest average power over 1 to 60 minutes, and the totals of
/// the sets. Times include pauses, as in a race. A distance that was not covered is left out, and
/// so is a duration without power data.
#[utoipa::path(
    get, path = "/activities/{id}/efforts", operation_id = "get_efforts", tag = "Statistics",
    params(("id" = Uuid, Path, description = "Id of the activity"), IfNoneMatchParam),
    responses(
        (status = 200, description = "The efforts", body = EffortsAnswer, headers(("ETag" = String))),
        (status = 304, description = "Not modified: the client has these efforts", headers(("ETag" = String))),
    ),
)]
pub async fn efforts(
    request: HttpRequest,
    state: Data<WorkerState>,
    user: Permitted<ReadsActivities>,
    id: ApiPath<Uuid>,
) -> ApiResult<HttpResponse> {
    let answer = find(&state, user.identity(), id.0).await?;
    tagged(&request, None, &answer).map(cached)
}

async fn find(state: &WorkerState, identity: Identity, id: Uuid) -> ApiResult<EffortsAnswer> {
    let (sets, found) = {
        let conn = state.pool.get().await?;
        let sets = identity.found(store::sets(&conn, identity, id).await?, &conn).await?;
        (sets, store::list(&conn, id).await?)
    };
    let strength = match sets {
        Some(json) => {
            let sets: Vec<ExerciseSet> =
                serde_json::from_str(json.as_str()).map_err(ApiError::internal)?;
            Strength::of(&sets)
        }
        None => None,
    };
    Ok(EffortsAnswer { efforts: best_of_each(&found), strength })
}

/// The best effort of each kind, in the order of [`EffortKind::ALL`].
fn best_of_each(found: &[store::Row]) -> Vec<EffortAnswer> {
    let best = |kind: EffortKind| {
        let of_kind = found.iter().filter(|row| row.0 == kind.name);
        let (_, value, start_secs, end_secs) =
            of_kind.max_by(|one, other| kind.score(one.1).total_cmp(&kind.score(other.1)))?;
        Some(EffortAnswer {
            kind: kind.name,
            value: *value,
            unit: kind.unit(),
            start_secs: *start_secs,
            end_secs: *end_secs,
        })
    };
    EffortKind::ALL.into_iter().filter_map(best).collect()
}
