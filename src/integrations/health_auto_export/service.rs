//! Keeping what the app posts.

use diesel_async::AsyncConnection;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::{
    types::{Data, Export, MAX_WORKOUTS, Results, WorkoutResult},
    workout::{self, Workout},
};
use crate::{
    activities::originals,
    auth::Identity,
    error::{ApiError, ApiResult, FieldError},
    imports::{
        intake::{self, Intake, Material, OnKnown},
        store::{self, Refused},
        types::Outcome,
    },
    integrations::fields::Fields,
    state::WorkerState,
};

/// What is known is looked for this many at a time: most of what comes again is, and a first export
/// that took too long goes on where it stopped.
const PIECE: usize = 500;

/// Keeps each workout by itself, so that one at fault holds up no other, and lists the refused ones
/// among the imports. 422 when there are too many, 507 `storage_full`.
pub async fn keep(state: &WorkerState, identity: Identity, export: Export) -> ApiResult<Results> {
    state.originals.check_room().await?;
    let Data { workouts } = export.data.0;
    if workouts.len() > MAX_WORKOUTS {
        let problem = format!("must be at most {MAX_WORKOUTS}");
        let fault = FieldError::new("data.workouts", "too_long", problem);
        return Err(ApiError::validation(vec![fault]));
    }
    let (mut results, mut refused) = (Vec::with_capacity(workouts.len()), Vec::new());
    for piece in workouts.chunks(PIECE) {
        let digests: Vec<_> =
            piece.iter().map(|text| Sha256::digest(text.get()).to_vec()).collect();
        let known = {
            let conn = state.pool.get().await?;
            identity.confirm(&conn).await?;
            originals::known(&conn, identity.user_id, &digests).await?
        };
        for (text, digest) in piece.iter().zip(&digests) {
            let result = if let Some(id) = known.get(digest) {
                WorkoutResult::kept(Outcome::Duplicate, Some(*id))
            } else {
                match workout::read(text) {
                    Ok(workout) => keep_one(state, identity, text, workout).await?,
                    Err(refusal) => {
                        refused.push(Refused { name: called(text), refusal: refusal.clone() });
                        WorkoutResult::refused(refusal)
                    }
                }
            };
            results.push(result);
        }
    }
    if !refused.is_empty() {
        let mut conn = state.pool.get().await?;
        conn.transaction::<_, ApiError, _>(async |conn| {
            identity.confirm(conn).await?;
            Ok(store::add_refused(conn, identity.user_id, &refused).await?)
        })
        .await?;
    }
    Ok(Results { results })
}

/// What its owner can tell a workout by.
fn called(text: &RawValue) -> String {
    let fields = Fields::read(text.get());
    let words = fields.iter().flat_map(|fields| {
        ["name", "start", "id"].into_iter().filter_map(|name| fields.text(name))
    });
    let name = words.take(2).collect::<Vec<_>>().join(", ").replace('\0', "");
    let name: String = name.chars().take(200).collect();
    if name.is_empty() { "a workout without a name".to_owned() } else { name }
}

async fn keep_one(
    state: &WorkerState,
    identity: Identity,
    text: &RawValue,
    Workout { id, session, left_out }: Workout,
) -> ApiResult<WorkoutResult> {
    // The text of a workout is its file: what comes again just like that is known by it.
    let original = (format!("{id}.json"), text.get().as_bytes().to_vec());
    let name = Some(("apple", id));
    let material = Material { original: Some(original), sessions: vec![session], name };
    let packed = intake::pack(&material)?;
    let (mut conn, storage) = (state.pool.get().await?, &state.originals);
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            identity.confirm(conn).await?;
            let into = Intake { conn, user_id: identity.user_id, storage };
            intake::keep(into, &material, &packed, OnKnown::Refresh).await
        })
        .await?;
    state.metrics.activities_created.inc_by(kept.new);
    let message = format!("left out, because it cannot be read: {}", left_out.join(", "));
    Ok(WorkoutResult {
        message: (!left_out.is_empty()).then_some(message),
        ..WorkoutResult::kept(kept.outcome, kept.activity_ids.first().copied())
    })
}
