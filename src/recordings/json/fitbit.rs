//! Fitbit's `exercise-0.json` and similar files, with a hundred exercises each.

use std::borrow::Cow;

use super::{Fields, fields::list};
use crate::{
    recordings::{
        Entry, Habits, Reason, Refusal, Session, Totals, Track,
        apple::Broken,
        complete,
        entry::MAX_ENTRIES,
        refusal::go_on,
        table::{Moment, Order, length_unit, moment},
    },
    sport::Sport,
};

/// Fitbit's names that differ from those of other services.
const NAMES: [(&str, &str); 7] = [
    ("Bike", "cycling"),
    ("Outdoor Bike", "cycling"),
    ("Weights", "weight_training"),
    ("Treadmill", "treadmill_running"),
    ("Aerobic Workout", "cardio_training"),
    ("Interval Workout", "high_intensity_interval_training"),
    ("Bootcamp", "cross_training"),
];

/// Passes each exercise to `each`.
pub fn read<S>(
    text: &str,
    habits: &Habits,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let exercises = list(text, MAX_ENTRIES + 1)
        .ok_or_else(|| Refusal::malformed("it is not a list, or ends early"))?;
    for (place, exercise) in exercises.into_iter().enumerate() {
        go_on()?;
        let fields = Fields::read(exercise.get());
        let id = fields.as_ref().and_then(|fields| fields.text("logId"));
        let id = id.filter(|id| (1..=200).contains(&id.len()) && !id.contains('\0'));
        let mut warnings = Vec::new();
        let session = match &fields {
            Some(fields) => session(fields, habits, &mut warnings),
            None => Err(Refusal::new(Reason::Malformed, "an exercise must be an object")),
        };
        each(Entry {
            name: id.clone().unwrap_or_else(|| format!("exercise {}", place + 1)),
            source: id.map(|id| ("fitbit", id)),
            recording: None,
            original: None,
            session,
            warnings,
        })?;
    }
    Ok(())
}

fn session(
    fields: &Fields<'_>,
    habits: &Habits,
    warnings: &mut Vec<Cow<'static, str>>,
) -> Result<Session, Refusal> {
    let start = fields.text("startTime").unwrap_or_default();
    let (started_at, utc_offset_minutes) = match moment(&start, Order::MonthFirst) {
        Some(Moment::Local(local)) => habits.instant(local),
        Some(Moment::Exact(time)) => (time.to_utc(), Some(time.offset().local_minus_utc() / 60)),
        _ => {
            let what = "startTime must have the form 05/31/24 08:00:00";
            return Err(Refusal::new(Reason::NoStartTime, what));
        }
    };
    let number = |name: &str| fields.number(name).filter(|number| *number > 0.0);
    let seconds = |name: &str| number(name).map(|millis| millis / 1000.0);
    let unit = fields.text("distanceUnit");
    let metres = number("distance").zip(length_unit(unit.as_deref().unwrap_or_default()));
    if number("distance").is_some() && metres.is_none() {
        warnings.push("the distance was left out: its unit is unknown".into());
    }
    let name = fields.text("activityName");
    let known = NAMES.iter().find(|(fitbits, _)| name.as_deref() == Some(*fitbits));
    let mut session = Session {
        activity_type: Sport::of(known.map(|(_, known)| *known).or(name.as_deref())),
        sport_raw: name,
        started_at,
        utc_offset_minutes,
        title: None,
        notes: None,
        device: fields.object("source").and_then(|source| source.text("name")),
        totals: Totals {
            timer_secs: seconds("activeDuration").or_else(|| seconds("duration")),
            elapsed_secs: seconds("duration"),
            distance_meters: metres.map(|(distance, unit)| distance * unit),
            calories: number("calories"),
            avg_heart_rate: number("averageHeartRate"),
            ..Totals::default()
        },
        measured: Totals::default(),
        laps: Vec::new(),
        sets: Vec::new(),
        track: Track::default(),
    };
    complete(&mut session)?;
    Ok(session)
}
