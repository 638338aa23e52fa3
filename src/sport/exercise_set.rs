//! Sets of a strength training session.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{MAX_DURATION_SECS, lap::without_tiny};
use crate::validation::{Faults, check_text, whole};

const MAX_EXERCISE_CHARS: usize = 100;

/// One set. Unknown values are omitted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct ExerciseSet {
    #[schema(min_length = 1, max_length = 100, pattern = r"^[^\x00]*$", examples("bench press"))]
    pub exercise: String,
    #[serde(
        default,
        skip_serializing_if = "Option::is_none",
        deserialize_with = "whole::<0, 10000, _, _>"
    )]
    #[schema(minimum = 0, maximum = 10000, examples(8))]
    pub reps: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 10000, examples(62.5))]
    pub weight_kg: Option<f64>,
    /// Rate of perceived exertion, from 0 to 10. 10 is maximal effort (Borg CR10, as used by
    /// Zourdos et al. 2016).
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 10, examples(8.5))]
    pub rpe: Option<f64>,
    /// Duration of the set in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 31622400)]
    pub duration_secs: Option<f64>,
    /// Rest after the set in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none", serialize_with = "without_tiny")]
    #[schema(minimum = 0, maximum = 31622400, examples(120))]
    pub rest_secs: Option<f64>,
}

impl ExerciseSet {
    /// Returns whether all values are within the API's limits.
    pub fn is_sound(&self) -> bool {
        let mut faults = Faults::default();
        self.check(&mut faults);
        faults.is_empty()
    }

    /// Adds a fault for each value outside the API's limits.
    pub fn check(&self, faults: &mut Faults) {
        if self.exercise.is_empty() {
            faults.add("exercise", "too_short", "must not be empty");
        }
        if let Err((code, problem)) = check_text(&self.exercise, MAX_EXERCISE_CHARS) {
            faults.add("exercise", code, problem);
        }
        faults.range("reps", self.reps, 0.0, 10_000.0);
        faults.range("weight_kg", self.weight_kg, 0.0, 10_000.0);
        faults.range("rpe", self.rpe, 0.0, 10.0);
        faults.range("duration_secs", self.duration_secs, 0.0, MAX_DURATION_SECS.into());
        faults.range("rest_secs", self.rest_secs, 0.0, MAX_DURATION_SECS.into());
    }
}
