//! What a write kept, and what its answer shows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::types::Activity;
use crate::auth::Permitted;

/// An activity that was kept, and whether there was none like it.
#[derive(Serialize, Deserialize)]
pub struct Kept {
    pub activity: Activity,
    pub is_new: bool,
}

/// The whole activity, or its name only: a token without `activities:read` must not read by a write
/// that changes nothing.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WrittenActivity {
    Whole(Box<Activity>),
    Revision(ActivityRevision),
}

/// To a token without `activities:read`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityRevision {
    id: Uuid,
    revision: i64,
}

impl WrittenActivity {
    /// As much of `activity` as its writer may read.
    pub fn shown_to<S>(writer: &Permitted<S>, activity: Activity) -> Self {
        if writer.may_read() {
            return Self::Whole(Box::new(activity));
        }
        Self::Revision(ActivityRevision::of(&activity))
    }
}

impl ActivityRevision {
    pub fn of(activity: &Activity) -> Self {
        Self { id: activity.summary.id, revision: activity.summary.revision }
    }
}
