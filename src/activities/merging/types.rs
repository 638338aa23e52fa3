//! Who stands behind an activity.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

/// Another record of the same activity.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct Merged {
    pub activity_id: Uuid,
    /// Where it came from.
    pub source: String,
    /// The fields whose values came from it.
    pub fields: Vec<String>,
}
