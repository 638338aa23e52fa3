//! Request and response types of the feed.

use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::activities::include::Listed;

/// Query parameters of `GET /activities/changes`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ChangesParams {
    /// `next` of the previous response. Without it, every activity is a change.
    pub since: Option<String>,
    /// Maximum number of changes; values above 500 count as 500.
    #[param(minimum = 1, default = 100)]
    pub limit: Option<i64>,
    /// Seconds to wait if there is no change; values above 30 count as 30.
    #[param(minimum = 0, default = 0)]
    pub wait: Option<u64>,
    /// Additional fields of changed activities, comma-separated: `laps`, `sets`, `device_data`. A
    /// response then has at most 1 MiB of them, and fewer changes if they are large.
    #[param(
        pattern = "^(laps|sets|device_data)(,(laps|sets|device_data))*$",
        example = "laps,sets,device_data"
    )]
    pub include: Option<String>,
}

/// A change of one activity. Of several changes, only the last is reported.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
#[schema(as = ActivityChange)]
pub enum Change {
    /// The activity was created or changed. Each field present here replaces the copy's; `laps`,
    /// `sets` and `device_data` are present only with `include`.
    Changed { activity: Box<Listed> },
    /// The activity was deleted.
    Deleted { id: Uuid, revision: i64 },
}

impl Change {
    /// Approximate size as JSON, in bytes.
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

/// A part of the feed, ordered by revision.
#[derive(Serialize, ToSchema)]
#[schema(as = ActivityChanges)]
pub struct Changes {
    pub changes: Vec<Change>,
    /// Position to pass as `since` in the next request. Store it with the copy.
    pub next: String,
    /// Whether there are more changes to read now.
    pub has_more: bool,
}
