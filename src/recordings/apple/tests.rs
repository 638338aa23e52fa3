//! Tests of whole exports.

use super::*;
use crate::recordings::Reason;

const WORKOUT: &str = r#"<Workout workoutActivityType="HKWorkoutActivityTypeRunning" duration="45,5"
    durationUnit="min" totalDistance="10,5" totalDistanceUnit="km"
    startDate="2024-05-04 10:00:00 +0200" endDate="2024-05-04 10:45:30 +0200"></Workout>"#;

const RECORD: &str = r#"<Record type="Heart" sourceName="Watch" value="1"/>"#;

/// Returns the number of workouts found, and the reason of the error.
fn found(export: &[u8]) -> (usize, Option<Reason>) {
    let mut count = 0;
    let read = read(export, |workout| {
        let Totals { timer_secs, distance_meters, .. } = workout.session.totals;
        assert_eq!((timer_secs, distance_meters), (Some(2730.0), Some(10_500.0)));
        count += 1;
        Ok::<_, Refusal>(())
    });
    let damage = read.err().map(|broken| match broken {
        Broken::File(refusal) | Broken::Reader(refusal) => refusal.reason,
    });
    (count, damage)
}

#[test]
fn a_bad_byte_costs_a_letter() {
    let export = format!("<HealthData>{WORKOUT}{RECORD}{WORKOUT}</HealthData>");
    assert_eq!(found(export.as_bytes()), (2, None));
    for at in export.find("Watch").into_iter().chain(export.find("Heart")) {
        let mut export = export.clone().into_bytes();
        export[at] = 0xff;
        assert_eq!(found(&export), (2, None));
    }
}
