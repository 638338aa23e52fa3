//! The result of a write, and the part of it that the response shows.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use super::types::Activity;
use crate::auth::Permitted;

/// A stored activity, and whether it is new.
#[derive(Serialize, Deserialize)]
pub struct StoredActivity {
    pub activity: Activity,
    pub is_new: bool,
}

/// The whole activity, or only its id and revision: a token without `activities:read` must not read
/// an activity by a write that changes nothing.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum WrittenActivity {
    Whole(Box<Activity>),
    Revision(ActivityRevision),
}

/// The response to a token without `activities:read`.
#[derive(Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ActivityRevision {
    id: Uuid,
    revision: i64,
}

impl WrittenActivity {
    /// The part of `activity` that the writer's token may read.
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
