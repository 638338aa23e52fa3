//! What the app posts, and the response to it.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    imports::types::Outcome,
    integrations::fields::at_most,
    recordings::{Reason, Refusal},
    validation::Object,
};

/// Maximum number of workouts in a request: one a day for fifty years.
pub const MAX_WORKOUTS: usize = 20_000;

/// Body of `POST /integrations/apple/health-auto-export`: version 2 of the app's
/// JSON. Metrics are ignored.
#[derive(Deserialize, ToSchema)]
#[schema(as = HealthAutoExport)]
pub struct Export {
    #[schema(value_type = Data)]
    pub data: Object<Data>,
}

/// What the app exports. Only workouts are read.
#[derive(Deserialize, ToSchema)]
#[schema(as = HealthAutoExportData)]
pub struct Data {
    #[serde(default, deserialize_with = "at_most::<MAX_WORKOUTS, _>")]
    #[schema(value_type = Option<Vec<Object>>, max_items = 20_000)]
    pub workouts: Vec<Box<RawValue>>,
}

/// Outcome of a workout.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthAutoExportResult)]
pub struct WorkoutResult {
    pub outcome: Outcome,
    /// The activity of the workout, or the one that it was merged into; `null` if it was refused.
    #[schema(required)]
    pub activity_id: Option<Uuid>,
    /// Why the workout was refused.
    #[schema(required)]
    pub code: Option<Reason>,
    /// A message for people: why the workout was refused, or which of its values were left out.
    #[schema(required)]
    pub message: Option<String>,
}

impl WorkoutResult {
    pub fn kept(outcome: Outcome, activity_id: Option<Uuid>) -> Self {
        Self { outcome, activity_id, code: None, message: None }
    }

    pub fn refused(refusal: Refusal) -> Self {
        let message = Some(refusal.message.into_owned());
        Self { code: Some(refusal.reason), message, ..Self::kept(Outcome::Refused, None) }
    }
}

/// One result per workout, in the order of the request.
#[derive(Serialize, ToSchema)]
#[schema(as = HealthAutoExportResults)]
pub struct Results {
    pub results: Vec<WorkoutResult>,
}
