//! Totals of the sets of a strength session.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::sport::ExerciseSet;

/// Above this many repetitions, the one-repetition estimate is meaningless.
const MOST_REPS: u32 = 12;

/// Totals of a strength session.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Strength {
    pub sets: usize,
    /// Repetitions × weight, summed over all sets.
    pub volume_kg: f64,
    /// Sorted by name.
    pub exercises: Vec<ExerciseBest>,
}

/// Totals and best values of one exercise.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct ExerciseBest {
    /// Name of the exercise in lower case, since spellings differ in case.
    pub exercise: String,
    pub sets: usize,
    pub volume_kg: f64,
    #[schema(required)]
    pub heaviest_kg: Option<f64>,
    /// Estimated one-repetition maximum: the best of the sets with at most 12 repetitions (Epley
    /// 1985: weight · (1 + reps / 30)).
    #[schema(required)]
    pub one_rep_max_kg: Option<f64>,
}

impl Strength {
    /// `None` without sets.
    pub fn of(sets: &[ExerciseSet]) -> Option<Self> {
        let mut exercises: BTreeMap<String, ExerciseBest> = BTreeMap::new();
        for set in sets {
            let exercise = set.exercise.trim().to_lowercase();
            let best = exercises.entry(exercise.clone()).or_default();
            best.exercise = exercise;
            best.sets += 1;
            best.volume_kg += volume(set);
            best.heaviest_kg = greater(best.heaviest_kg, set.weight_kg.filter(|_| is_done(set)));
            best.one_rep_max_kg = greater(best.one_rep_max_kg, one_rep_max(set));
        }
        let exercises: Vec<_> = exercises.into_values().collect();
        let volume_kg = exercises.iter().map(|exercise| exercise.volume_kg).sum();
        (!sets.is_empty()).then_some(Self { sets: sets.len(), volume_kg, exercises })
    }
}

fn greater(one: Option<f64>, other: Option<f64>) -> Option<f64> {
    [one, other].into_iter().flatten().reduce(f64::max)
}

/// A set with zero repetitions is a failed attempt.
fn is_done(set: &ExerciseSet) -> bool {
    set.reps != Some(0)
}

fn volume(set: &ExerciseSet) -> f64 {
    set.reps.zip(set.weight_kg).map_or(0.0, |(reps, weight)| f64::from(reps) * weight)
}

fn one_rep_max(set: &ExerciseSet) -> Option<f64> {
    let (reps, weight) = set.reps.zip(set.weight_kg)?;
    match reps {
        0 => None,
        1 => Some(weight),
        2..=MOST_REPS => Some(weight * (1.0 + f64::from(reps) / 30.0)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(exercise: &str, reps: u32, weight_kg: f64) -> ExerciseSet {
        let json = serde_json::json!({"exercise": exercise, "reps": reps, "weight_kg": weight_kg});
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn the_best_set_gives_the_estimate_and_all_sets_the_volume() {
        let sets = [
            set("Squat", 5, 100.0),
            set("squat ", 1, 110.0),
            set("squat", 20, 105.0),
            set("squat", 0, 150.0),
            set("bench press", 10, 60.0),
        ];
        let strength = Strength::of(&sets).unwrap();
        let (bench, squat) = (&strength.exercises[0], &strength.exercises[1]);
        assert_eq!((bench.exercise.as_str(), squat.exercise.as_str()), ("bench press", "squat"));
        assert_eq!(bench.one_rep_max_kg, Some(80.0));
        assert_eq!((squat.sets, squat.volume_kg, squat.heaviest_kg), (4, 2710.0, Some(110.0)));
        let estimate = squat.one_rep_max_kg.unwrap();
        assert!((estimate - 100.0 * 7.0 / 6.0).abs() < 1e-9, "{estimate}");
        assert_eq!((strength.sets, strength.volume_kg), (5, 3310.0));
        assert_eq!(Strength::of(&[]), None);
    }
}
