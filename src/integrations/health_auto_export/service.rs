//! Stores what the app posts.

use diesel_async::AsyncConnection;
use serde_json::value::RawValue;
use sha2::{Digest, Sha256};

use super::types::{Data, Export, MAX_WORKOUTS, Results, WorkoutResult};
use crate::{
    activities::originals::{self, PackedFile, Storage},
    credentials::Identity,
    error::{ApiError, ApiResult, FieldError},
    imports::{
        ingest::{self, ImportItem, IngestContext, OnKnown},
        store::{self, ActivitySender, Arrival, MAX_ARRIVALS},
        types::Outcome,
    },
    recordings::health_auto_export::{self, Workout, called},
    state::WorkerState,
};

/// Known workouts are looked up this many at a time. Most workouts of a repeated post are known,
/// and a first export that took too long continues where it stopped.
const PIECE: usize = 500;

/// Stores each workout separately, so that an invalid one does not hold up the others. Workouts
/// that were refused or read with a warning are listed among the imports. Errors: 422 if there are
/// too many, 507 `storage_full`.
pub async fn keep(
    state: &WorkerState,
    storage: &Storage,
    identity: Identity,
    export: Export,
) -> ApiResult<Results> {
    storage.check_room().await?;
    let Data { workouts } = export.data.0;
    if workouts.len() > MAX_WORKOUTS {
        let problem = format!("must have at most {MAX_WORKOUTS} items");
        let fault = FieldError::new("data.workouts", "too_long", problem);
        return Err(ApiError::validation(vec![fault]));
    }
    let (mut results, mut refused) = (Vec::with_capacity(workouts.len()), Vec::new());
    let mut warned = 0;
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
                match health_auto_export::read(text) {
                    Ok(workout) => {
                        warned += usize::from(workout.warning().is_some());
                        let is_told = warned <= MAX_ARRIVALS;
                        keep_one(state, storage, identity, (text, workout), is_told).await?
                    }
                    Err(refusal) => {
                        refused.push(Arrival::refused(called(text), refusal.clone()));
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
            let app = ActivitySender::HealthAutoExport;
            Ok(store::add_arrivals(conn, identity.user_id, app, &refused).await?)
        })
        .await?;
    }
    Ok(Results { results })
}

async fn keep_one(
    state: &WorkerState,
    storage: &Storage,
    identity: Identity,
    (text, workout): (&RawValue, Workout),
    is_told: bool,
) -> ApiResult<WorkoutResult> {
    let message = workout.warning();
    let Workout { id, session, .. } = workout;
    // The text of a workout is stored as its file, by which an identical workout is recognized.
    let file = PackedFile::of(text.get().as_bytes()).map_err(ApiError::internal)?;
    let original = Some((format!("{id}.json"), file));
    let (sessions, name) = (vec![session], Some(("apple", id)));
    let material = ImportItem { original, sessions, name, ..ImportItem::default() };
    let packed = ingest::pack(&material)?;
    let mut conn = state.pool.get().await?;
    let kept = conn
        .transaction::<_, ApiError, _>(async |conn| {
            identity.confirm(conn).await?;
            let into = IngestContext { conn, user_id: identity.user_id, storage };
            let kept = ingest::store(into, &material, &packed, OnKnown::Refresh).await?;
            if is_told && message.is_some() && kept.outcome != Outcome::Duplicate {
                let arrival = Arrival {
                    name: called(text),
                    outcome: kept.outcome,
                    refusal: None,
                    warning: message.clone(),
                    activity_ids: kept.activity_ids.clone(),
                };
                let app = ActivitySender::HealthAutoExport;
                store::add_arrivals(conn, identity.user_id, app, &[arrival]).await?;
            }
            Ok(kept)
        })
        .await?;
    state.metrics.activities_created.inc_by(kept.new);
    Ok(WorkoutResult {
        message,
        ..WorkoutResult::kept(kept.outcome, kept.activity_ids.first().copied())
    })
}
