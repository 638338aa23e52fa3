//! `include`: fields that lists and the feed of changes omit unless a client asks for them, for
//! example to keep a complete copy.

mod params;
mod store;

pub use params::Include;
use params::{MAX_BYTES, PIECE};

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::types::ActivitySummary;
use crate::{
    db::JsonText,
    sport::{ExerciseSet, Lap},
};

/// An activity in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ListedActivity)]
pub struct Listed {
    #[serde(flatten)]
    pub summary: ActivitySummary,
    #[serde(flatten)]
    pub included: Included,
}

/// Present only if requested with `include`.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = IncludedFields)]
pub struct Included {
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<Lap>>)]
    laps: Option<Option<JsonText>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Vec<ExerciseSet>>)]
    sets: Option<Option<JsonText>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Map<String, Value>>)]
    device_data: Option<Option<JsonText>>,
}

impl From<ActivitySummary> for Listed {
    fn from(summary: ActivitySummary) -> Self {
        Self { summary, included: Included::default() }
    }
}

/// Fills in the requested fields, from the first activity on, until the response is large
/// enough. Returns how many activities are complete, at least one. The caller's transaction
/// must be a single snapshot.
pub async fn fill(
    conn: &AsyncPgConnection,
    user_id: Uuid,
    include: Include,
    mut activities: Vec<&mut Listed>,
) -> QueryResult<usize> {
    let (mut whole, mut bytes) = (0, 0);
    for piece in activities.chunks_mut(PIECE) {
        let ids = piece.iter().map(|activity| activity.summary.id).collect();
        let mut found = store::parts(conn, user_id, ids, include).await?;
        for activity in piece {
            let parts = found.remove(&activity.summary.id).unwrap_or_default();
            bytes += parts.iter().flatten().map(|part| part.as_str().len()).sum::<usize>();
            if bytes > MAX_BYTES && whole > 0 {
                return Ok(whole);
            }
            let [laps, sets, device_data] = parts;
            activity.included = Included {
                laps: include.laps.then_some(laps),
                sets: include.sets.then_some(sets),
                device_data: include.device_data.then_some(device_data),
            };
            whole += 1;
        }
    }
    Ok(whole)
}
