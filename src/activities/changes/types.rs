//! What the feed takes and answers.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activities::include::Listed;

/// The query string of `GET /activities/changes`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesParams {
    /// `next` of the answer before; without it everything is a change.
    pub since: Option<String>,
    /// Above 500 means 500.
    #[param(minimum = 1, default = 100)]
    pub limit: Option<i64>,
    /// Seconds to wait for a change when there is none; above 30 means 30.
    #[param(minimum = 0, default = 0)]
    pub wait: Option<u64>,
    /// What changed activities have besides, with commas between them: `laps`, `sets`,
    /// `device_data`. An answer then has at most 1 MiB of them, and fewer changes where they are
    /// large.
    #[param(
        pattern = "^(laps|sets|device_data)(,(laps|sets|device_data))*$",
        example = "laps,sets,device_data"
    )]
    pub include: Option<String>,
}

/// What happened to one activity. Of several changes only the last is told.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Change {
    /// It was created or changed, and is like this now: each field that is here replaces the
    /// copy's, and `laps`, `sets` and `device_data` are here only with `include`.
    Changed {
        activity: Box<Listed>,
    },
    Deleted {
        id: Uuid,
        revision: i64,
    },
}

impl Change {
    /// About how long it is as JSON.
    pub fn bytes(&self) -> usize {
        match self {
            Self::Changed { activity } => activity.summary.bytes(),
            Self::Deleted { .. } => 100,
        }
    }

    pub fn revision(&self) -> i64 {
        match self {
            Self::Changed { activity } => activity.summary.revision,
            Self::Deleted { revision, .. } => *revision,
        }
    }
}

/// A part of the feed, in the order of its revisions.
#[derive(Serialize, ToSchema)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// Where to go on: keep it with the copy.
    pub next: String,
    /// There is more to read now.
    pub has_more: bool,
}
