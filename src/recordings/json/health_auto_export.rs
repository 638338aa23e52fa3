//! Workouts of the app Health Auto Export
//! (<https://github.com/Lybron/health-auto-export/wiki/API-Export---JSON-Format>).

use std::borrow::Cow;

use chrono::{DateTime, FixedOffset, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::Fields;
use crate::{
    recordings::{
        Entry, Point, Reason, Refusal, Session, Totals, Track,
        apple::{Broken, indoors, quantity, time},
        complete,
        entry::MAX_ENTRIES,
        refusal::go_on,
    },
    sport::{MAX_POINTS, Position, Sport},
    validation::check_text,
};

/// No workout takes longer than a year or starts in the future, apart from inaccurate clocks.
const LONGEST: TimeDelta = TimeDelta::days(366);
const CLOCK_ERROR: TimeDelta = TimeDelta::days(2);

/// A heart rate covers a whole minute, which may have begun before the workout.
const RATE_SPAN: TimeDelta = TimeDelta::minutes(1);

/// A receiver may run a little longer than the workout. Points at other times are errors.
const ROUTE_MARGIN: TimeDelta = TimeDelta::minutes(5);

type Moment = DateTime<FixedOffset>;

/// A parsed workout.
pub struct Workout {
    pub id: String,
    pub session: Session,
    /// Names of the fields that could not be read, completely or partly.
    pub left_out: Vec<Cow<'static, str>>,
}

impl Workout {
    /// Returns a warning about the fields that could not be read.
    pub fn warning(&self) -> Option<String> {
        let names = self.left_out.join(", ");
        (!names.is_empty()).then(|| format!("unreadable values were left out: {names}"))
    }
}

/// Parses a workout. The id, the start and the end are required, and other invalid values are
/// skipped.
pub fn read(text: &RawValue) -> Result<Workout, Refusal> {
    let fields = Fields::read(text.get()).ok_or_else(|| {
        Refusal::new(Reason::Malformed, "a workout must be an object with id, start and end")
    })?;
    let id = fields.text("id").unwrap_or_default();
    if id.is_empty() {
        let message =
            "the workout has no id: choose export version 2 for the automation in the app";
        return Err(Refusal::new(Reason::Malformed, message));
    }
    if check_text(&id, 200).is_err() {
        return Err(Refusal::new(Reason::Malformed, "id must have 1 to 200 characters"));
    }
    let (start, end) = span(&fields)?;
    let mut left_out = Vec::new();
    let mut given = |name: &'static str, value: Option<f64>| {
        let value = value.filter(|value| *value >= 0.0);
        if value.is_none() && fields.has(name) {
            left_out.push(name.into());
        }
        value
    };
    let amount = |name| {
        let amount = fields.object(name)?;
        quantity(amount.number("qty")?, &amount.text("units")?)
    };
    let rate_of = |part| fields.object("heartRate")?.object(part)?.number("qty");
    let mut totals = Totals {
        timer_secs: given("duration", fields.number("duration").or_else(|| amount("duration"))),
        elapsed_secs: Some((end - start).as_seconds_f64()),
        distance_meters: given("distance", amount("distance")),
        calories: given("activeEnergyBurned", amount("activeEnergyBurned")),
        elevation_gain_meters: given("elevationUp", amount("elevationUp")),
        elevation_loss_meters: given("elevationDown", amount("elevationDown")),
        avg_heart_rate: amount("avgHeartRate").or_else(|| rate_of("avg")),
        max_heart_rate: amount("maxHeartRate").or_else(|| rate_of("max")),
        ..Totals::default()
    };
    // A timer of zero means an unknown duration.
    totals.timer_secs = totals.timer_secs.filter(|secs| *secs > 0.0);
    let mut points = entries(&fields, "route", &mut left_out, place);
    points.retain(|(time, _)| (start - ROUTE_MARGIN..=end + ROUTE_MARGIN).contains(time));
    // Heart rates after the end show the recovery and do not count.
    let during = start - RATE_SPAN..end;
    let mut most_measured = None;
    for (time, average, most) in entries(&fields, "heartRateData", &mut left_out, rate) {
        if during.contains(&time) {
            let heart_rate = Some(average as f32);
            points.push((time, Point { heart_rate, ..Point::default() }));
            most_measured = most_measured.into_iter().chain(most).reduce(f64::max);
        }
    }
    totals.max_heart_rate = totals.max_heart_rate.or(most_measured);
    let is_indoor = fields.flag("isIndoor") == Some(true)
        || fields.text("location").is_some_and(|place| place.eq_ignore_ascii_case("indoor"));
    let name = fields.text("name");
    let mut session = Session {
        activity_type: indoors(kind(name.as_deref()), is_indoor),
        totals,
        track: track(points)?,
        sport_raw: name,
        started_at: start.to_utc(),
        utc_offset_minutes: Some(start.offset().local_minus_utc() / 60),
        title: None,
        notes: None,
        device: None,
        laps: Vec::new(),
        sets: Vec::new(),
        measured: Totals::default(),
    };
    complete(&mut session)?;
    let said = totals.timer_secs.is_some_and(|secs| secs > 0.0);
    if said && session.measured.timer_secs.is_none() {
        left_out.push("duration".into());
    }
    Ok(Workout { id, session, left_out })
}

/// Returns start and end. Fails if they are impossible for a workout.
fn span(fields: &Fields<'_>) -> Result<(Moment, Moment), Refusal> {
    let refused = |message| Err(Refusal::new(Reason::NoStartTime, message));
    let when = |name| fields.text(name).and_then(|text| time(&text));
    let (Some(start), Some(end)) = (when("start"), when("end")) else {
        return refused("start and end must have the form 2026-05-04 08:00:00 +0200");
    };
    if end < start {
        return refused("the workout ends before it starts");
    }
    if end - start > LONGEST {
        return refused("the workout takes longer than a year");
    }
    if start > Utc::now() + CLOCK_ERROR {
        return refused("the workout starts in the future");
    }
    Ok((start, end))
}

/// Maps "Outdoor Run" and "Pool Swim" to sports. Another field says whether it was indoors.
fn kind(name: Option<&str>) -> &'static str {
    let known = Sport::of(name);
    let bare = ["Outdoor ", "Indoor "].iter().find_map(|place| name?.strip_prefix(place));
    match bare {
        Some(bare) if known == crate::sport::OTHER => Sport::of(Some(bare)),
        _ => known,
    }
}

/// Returns the elements of the list `name` that `read` can parse. Adds the number of others to
/// `left_out`.
fn entries<T>(
    fields: &Fields<'_>,
    name: &'static str,
    left_out: &mut Vec<Cow<'static, str>>,
    read: impl Fn(&Fields<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(list) = fields.list(name, MAX_POINTS + 1) else {
        left_out.extend(fields.has(name).then_some(name.into()));
        return Vec::new();
    };
    let of = |entry: &RawValue| read(&Fields::read(entry.get())?);
    let entries: Vec<_> = list.iter().copied().filter_map(of).collect();
    match list.len() - entries.len() {
        0 => {}
        all if all == list.len() => left_out.push(name.into()),
        some => left_out.push(format!("{some} of {} in {name}", list.len()).into()),
    }
    entries
}

/// Parses a point of the route.
fn place(fields: &Fields<'_>) -> Option<(Moment, Point)> {
    let number = |name| fields.number(name).map(|n| n as f32).filter(|n| n.is_finite());
    let point = Point {
        position: Some(Position::new(fields.number("latitude")?, fields.number("longitude")?)?),
        altitude: number("altitude"),
        speed: number("speed").filter(|speed| *speed >= 0.0),
        ..Point::default()
    };
    Some((time(&fields.text("timestamp")?)?, point))
}

/// Parses a heart rate: its time, its average and its maximum.
fn rate(fields: &Fields<'_>) -> Option<(Moment, f64, Option<f64>)> {
    let average = fields.number("Avg").or_else(|| fields.number("qty"))?;
    Some((time(&fields.text("date")?)?, average, fields.number("Max")))
}

/// Builds a track in order of time.
fn track(mut points: Vec<(Moment, Point)>) -> Result<Track, Refusal> {
    points.sort_by_key(|(time, _)| *time);
    let mut track = Track::default();
    for (time, point) in points {
        track.push(Point { time: Some(time.to_utc()), ..point })?;
    }
    Ok(track)
}

/// Passes each workout of an exported file to `each`.
pub fn read_file<S>(
    text: &str,
    each: &mut impl FnMut(Entry) -> Result<(), Broken<S>>,
) -> Result<(), Broken<S>> {
    let broken = || Refusal::malformed("it is not a JSON object, or ends early");
    let data = Fields::read(text).and_then(|file| file.object("data")).ok_or_else(broken)?;
    for text in data.list("workouts", MAX_ENTRIES + 1).into_iter().flatten() {
        go_on()?;
        let read = read(text);
        let source = read.as_ref().ok().map(|workout| ("apple", workout.id.clone()));
        let original =
            source.as_ref().map(|(_, id)| (format!("{id}.json"), text.get().as_bytes().to_vec()));
        let left_out = read.as_ref().ok().and_then(Workout::warning);
        each(Entry {
            name: called(text),
            source,
            recording: None,
            original,
            session: read.map(|workout| workout.session),
            warnings: left_out.map(Into::into).into_iter().collect(),
        })?;
    }
    Ok(())
}

/// Returns a name by which the user can recognise the workout.
pub fn called(text: &RawValue) -> String {
    let fields = Fields::read(text.get());
    let words = fields.iter().flat_map(|fields| {
        ["name", "start", "id"].into_iter().filter_map(|name| fields.text(name))
    });
    let name = words.take(2).collect::<Vec<_>>().join(", ").replace('\0', "");
    let name: String = name.chars().take(200).collect();
    if name.is_empty() { "a workout without a name".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_lacks_is_counted() {
        let point = |second: usize| {
            format!(
                r#"{{"latitude": 46, "longitude": 7,
                     "timestamp": "2024-05-04 10:00:{second:02} p. m. +0200"}}"#
            )
        };
        let odd = r#"{"latitude": null}"#.to_owned();
        for (route, points, expected) in [
            (vec![point(0), point(1)], 2, None),
            (vec![point(0), odd.clone(), point(2)], 2, Some("1 of 3 in route")),
            (vec![odd.clone(), odd], 0, Some("route")),
            (vec![], 0, None),
        ] {
            let text = format!(
                r#"{{"id": "A", "start": "2024-05-04 10:00:00 p. m. +0200",
                    "end": "2024-05-04 10:45:00 p.m. +0200", "route": [{}]}}"#,
                route.join(",")
            );
            let workout = read(serde_json::from_str(&text).unwrap()).unwrap();
            assert_eq!(workout.session.track.points.len(), points, "{text}");
            let left_out: Vec<_> = expected.into_iter().collect();
            assert_eq!(workout.left_out, left_out, "{text}");
        }
    }
}
