//! Keeping what the app posts.

use diesel_async::AsyncConnection;
use serde_json::value::RawValue;

use super::{
    types::{Data, Export, Results, WorkoutResult},
    workout::Workout,
};
use crate::{
    auth::Identity,
    error::{ApiError, ApiResult, FieldError},
    http::Object,
    imports::{
        intake::{self, Intake, Material, OnKnown},
        types::Outcome,
    },
    recordings::Refusal,
    state::WorkerState,
};

const MAX_WORKOUTS: usize = 1000;

/// Keeps each workout by itself, so that one at fault holds up no other. 422 when there are too many.
pub async fn keep(state: &WorkerState, identity: Identity, export: Export) -> ApiResult<Results> {
    let Data { workouts } = export.data.0;
    if workouts.len() > MAX_WORKOUTS {
        let problem = format!("must be at most {MAX_WORKOUTS}");
        let fault = FieldError::new("data.workouts", "too_long", problem);
        return Err(ApiError::validation(vec![fault]));
    }
    let mut results = Vec::with_capacity(workouts.len());
    for workout in workouts {
        results.push(match material(&workout) {
            Ok(material) => keep_one(state, identity, &material).await?,
            Err(refusal) => WorkoutResult {
                outcome: Outcome::Refused,
                activity_id: None,
                code: Some(refusal.reason),
                message: Some(refusal.message.into_owned()),
            },
        });
    }
    Ok(Results { results })
}

/// The text of a workout is its file: what comes again just like that is known by it.
fn material(text: &RawValue) -> Result<Material, Refusal> {
    let Object::<Workout>(workout) =
        serde_json::from_str(text.get()).map_err(Refusal::malformed)?;
    let id = workout.id.clone();
    let original = (format!("{id}.json"), text.get().as_bytes().to_vec());
    let sessions = vec![workout.session()?];
    Ok(Material { original: Some(original), sessions, name: Some(("apple", id)) })
}

async fn keep_one(
    state: &WorkerState,
    identity: Identity,
    material: &Material,
) -> ApiResult<WorkoutResult> {
    let packed = intake::pack(material)?;
    let (mut conn, storage) = (state.pool.get().await?, &state.originals);
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            identity.confirm(conn).await?;
            let into = Intake { conn, user_id: identity.user_id, storage };
            intake::keep(into, material, &packed, OnKnown::Refresh).await
        })
        .await?;
    state.metrics.activities_created.inc_by(kept.new);
    Ok(WorkoutResult {
        outcome: kept.outcome,
        activity_id: kept.activity_ids.first().copied(),
        code: None,
        message: None,
    })
}
