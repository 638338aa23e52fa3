//! What the answer of a write shows.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::types::Activity;
use crate::auth::Permitted;

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
        let (id, revision) = (activity.summary.id, activity.summary.revision);
        Self::Revision(ActivityRevision { id, revision })
    }
}
