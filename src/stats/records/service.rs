//! Computes records.

use diesel_async::AsyncPgConnection;
use futures_util::{TryStreamExt, pin_mut};
use uuid::Uuid;

use super::{
    store,
    types::{Book, Discipline, Fall, Records},
};
use crate::{
    activities::efforts::{EffortKind, Strength, Task, Unit},
    credentials::Identity,
    error::{ApiError, ApiResult},
    sport::ExerciseSet,
    state::WorkerState,
};

/// Returns the records of the sports in `types`. Empty means all sports.
pub async fn find(state: &WorkerState, identity: Identity, types: &[String]) -> ApiResult<Records> {
    let conn = state.pool.get().await?;
    identity.confirm(&conn).await?;
    let (mut book, user_id) = (Book::default(), identity.user_id);
    totals(&mut book, store::totals(&conn, user_id, types).await?);
    let less_is_better: Vec<&str> = EffortKind::ALL
        .iter()
        .filter(|kind| matches!(kind.task, Task::Distance(_)))
        .map(|kind| kind.name)
        .collect();
    efforts(&mut book, store::efforts(&conn, user_id, types, &less_is_better).await?);
    strength(&mut book, &conn, user_id, types).await?;
    Ok(book.close())
}

fn totals(book: &mut Book, rows: Vec<store::TotalsRow>) {
    for row in rows {
        for (kind, unit, value) in [
            ("longest", Unit::Seconds, row.longest),
            ("farthest", Unit::Metres, row.farthest),
            ("highest", Unit::Metres, row.highest),
        ] {
            if let Some(value) = value {
                let (activity_id, started_at) = (row.id, row.started_at);
                let fall = Fall { value, activity_id, started_at };
                book.note(of_sport(&row.activity_type, kind), unit, fall);
            }
        }
    }
}

fn efforts(book: &mut Book, rows: Vec<store::EffortRow>) {
    for row in rows {
        // Skip kinds that are no longer computed.
        if let Some(kind) = EffortKind::named(&row.kind) {
            let fall = Fall { value: row.value, activity_id: row.id, started_at: row.started_at };
            book.note(of_sport(&row.activity_type, kind.name), kind.unit(), fall);
        }
    }
}

async fn strength(
    book: &mut Book,
    conn: &AsyncPgConnection,
    user_id: Uuid,
    types: &[String],
) -> ApiResult<()> {
    let sessions = store::sets(conn, user_id, types).await?;
    pin_mut!(sessions);
    while let Some(session) = sessions.try_next().await? {
        let sets: Vec<ExerciseSet> =
            serde_json::from_str(session.sets.as_str()).map_err(ApiError::internal)?;
        let (activity_id, started_at) = (session.id, session.started_at);
        for best in Strength::of(&sets).into_iter().flat_map(|strength| strength.exercises) {
            let volume = Some(best.volume_kg).filter(|volume| *volume > 0.0);
            for (kind, value) in [
                ("one_rep_max", best.one_rep_max_kg),
                ("heaviest", best.heaviest_kg),
                ("most_volume", volume),
            ] {
                let Some(value) = value else { continue };
                let exercise = Some(best.exercise.clone());
                let discipline = Discipline { activity_type: None, exercise, kind };
                let fall = Fall { value, activity_id, started_at };
                book.note_if_more(discipline, Unit::Kilograms, fall);
            }
        }
    }
    Ok(())
}

fn of_sport(activity_type: &str, kind: &'static str) -> Discipline {
    Discipline { activity_type: Some(activity_type.to_owned()), exercise: None, kind }
}
