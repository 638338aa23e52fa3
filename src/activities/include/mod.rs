//! `include`: what lists and the feed of changes leave out unless a client asks for it, for a copy
//! that is whole.

mod store;

use diesel::QueryResult;
use diesel_async::AsyncPgConnection;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::types::ActivitySummary;
use crate::{
    db::JsonText,
    error::{ApiError, ApiResult},
    sport::{ExerciseSet, Lap},
};

/// So much of it an answer has, or one activity.
const MAX_BYTES: usize = 1024 * 1024;

/// Activities that are read at once, however large they are.
const PIECE: usize = 16;

/// What is asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Include {
    laps: bool,
    sets: bool,
    device_data: bool,
}

/// An activity in a list.
#[derive(Serialize, ToSchema)]
#[schema(as = ListedActivity)]
pub struct Listed {
    #[serde(flatten)]
    pub summary: ActivitySummary,
    #[serde(flatten)]
    pub included: Included,
}

/// Absent unless the request has `include`.
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

impl Include {
    /// 400 `invalid_parameter`.
    pub fn parse(text: Option<&str>) -> ApiResult<Self> {
        let mut include = Self::default();
        for name in text.into_iter().flat_map(|text| text.split(',')) {
            let part = match name {
                "laps" => &mut include.laps,
                "sets" => &mut include.sets,
                "device_data" => &mut include.device_data,
                _ => {
                    let expected =
                        "must be some of laps, sets and device_data, with commas between";
                    return Err(ApiError::invalid_parameter("include", expected));
                }
            };
            *part = true;
        }
        Ok(include)
    }

    pub fn is_any(self) -> bool {
        self != Self::default()
    }
}

impl From<ActivitySummary> for Listed {
    fn from(summary: ActivitySummary) -> Self {
        Self { summary, included: Included::default() }
    }
}

/// Fills in what is asked for, from the first activity on until the answer has enough; how many are
/// whole now, at least one. The caller's transaction is one snapshot.
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
