//! Training sessions of Polar Flow: `training-session-….json` in its export of all data.
//!
//! Times are local times of the watch. `timezoneOffset` is its UTC offset in minutes.

use std::collections::BTreeMap;

use chrono::{DateTime, NaiveDateTime, TimeDelta, Utc};
use serde_json::value::RawValue;

use super::Fields;
use crate::{
    recordings::{
        Point, Reason, Recording, Refusal, Session, Totals, Track,
        recording::{MAX_LAPS, MAX_SESSIONS},
        refusal::go_on,
        table::{Decimal, Moment, Order, moment},
        text::text,
    },
    sport::{Lap, MAX_POINTS, OTHER, Position, Sport},
};

/// Reads each exercise of a file as a session. A triathlon has several.
pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    let text = text(bytes);
    let whole = Fields::read(&text)
        .ok_or_else(|| Refusal::malformed("it is not a JSON object, or ends early"))?;
    let exercises = whole.list("exercises", MAX_SESSIONS).unwrap_or_default();
    let exercises: Vec<_> =
        exercises.into_iter().filter_map(|exercise| Fields::read(exercise.get())).collect();
    if exercises.is_empty() {
        return Err(Refusal::new(Reason::NotAnActivity, "the file contains no exercises"));
    }
    let is_alone = exercises.len() == 1;
    let sessions = exercises.iter().map(|exercise| {
        let whole = if is_alone { Some(&whole) } else { None };
        session(exercise, whole)
    });
    let mut sessions = sessions.collect::<Result<Vec<_>, _>>()?;
    if let Some(first) = sessions.first_mut() {
        let sport = first.sport_raw.as_deref();
        // The name is that of the sport, unless the user changed it.
        let title = whole.text("name").filter(|name| Sport::of(Some(name)) == OTHER);
        first.title =
            title.filter(|name| sport.is_none_or(|sport| !sport.eq_ignore_ascii_case(name)));
        first.notes = whole.text("note").filter(|note| !note.is_empty());
    }
    Ok(Recording { sessions, ..Recording::default() })
}

/// Converts local times of the watch, and times with an offset.
#[derive(Clone, Copy)]
struct Clock {
    offset: Option<i32>,
}

impl Clock {
    fn read(self, text: &str) -> Option<DateTime<Utc>> {
        match moment(text, Order::DayFirst)? {
            Moment::Exact(time) => Some(time.to_utc()),
            Moment::Local(local) => self.utc(local),
            _ => None,
        }
    }

    fn utc(self, local: NaiveDateTime) -> Option<DateTime<Utc>> {
        let offset = TimeDelta::minutes(self.offset.unwrap_or(0).into());
        Some(local.checked_sub_signed(offset)?.and_utc())
    }
}

/// Reads an exercise. If it is the only one, missing values come from its training session.
fn session(exercise: &Fields<'_>, whole: Option<&Fields<'_>>) -> Result<Session, Refusal> {
    let either = |name: &str| exercise.text(name).or_else(|| whole?.text(name));
    let offset = ["timezoneOffset", "timeZoneOffset"].into_iter().find_map(either);
    let offset =
        offset.and_then(|text| text.parse().ok()).filter(|minutes: &i32| minutes.abs() <= 1080);
    let clock = Clock { offset };
    let started_at = either("startTime").and_then(|text| clock.read(&text)).ok_or_else(|| {
        Refusal::new(Reason::NoStartTime, "startTime must have the form 2024-05-04T08:00:00.000")
    })?;
    let end = either("stopTime").and_then(|text| clock.read(&text));
    let sport = exercise.text("sport").or_else(|| exercise.object("sport")?.text("id"));
    let mut totals = totals(exercise);
    if let Some(whole) = whole {
        let number = |name: &str| whole.number(name).filter(|number| *number > 0.0);
        totals.timer_secs = totals.timer_secs.or_else(|| seconds(whole, "duration"));
        totals.distance_meters = totals.distance_meters.or_else(|| number("distance"));
        totals.calories = totals.calories.or_else(|| number("kiloCalories"));
        totals.avg_heart_rate = totals.avg_heart_rate.or_else(|| number("averageHeartRate"));
        totals.max_heart_rate = totals.max_heart_rate.or_else(|| number("maximumHeartRate"));
    }
    let elapsed = end.map(|end| (end - started_at).as_seconds_f64());
    totals.elapsed_secs = elapsed.filter(|seconds| *seconds >= 0.0);
    Ok(Session {
        activity_type: Sport::of(sport.as_deref()),
        sport_raw: sport,
        started_at,
        utc_offset_minutes: offset,
        title: None,
        notes: None,
        device: either("product").or_else(|| exercise.object("product")?.text("modelName")),
        totals,
        measured: Totals::default(),
        laps: laps(exercise, started_at),
        sets: Vec::new(),
        track: track(exercise, clock)?,
    })
}

/// Reads the totals of an exercise or of a lap.
fn totals(fields: &Fields<'_>) -> Totals {
    let number = |name: &str| fields.number(name).filter(|number| *number > 0.0);
    let of =
        |name: &str, part: &str| fields.object(name)?.number(part).filter(|number| *number > 0.0);
    Totals {
        timer_secs: seconds(fields, "duration"),
        distance_meters: number("distance"),
        calories: number("kiloCalories"),
        elevation_gain_meters: number("ascent"),
        elevation_loss_meters: number("descent"),
        avg_heart_rate: of("heartRate", "avg"),
        max_heart_rate: of("heartRate", "max"),
        avg_power_watts: of("power", "avg"),
        avg_cadence: of("cadence", "avg"),
        ..Totals::default()
    }
}

/// Parses an ISO 8601 duration.
fn seconds(fields: &Fields<'_>, name: &str) -> Option<f64> {
    Decimal::Point.words(&fields.text(name)?)
}

fn laps(exercise: &Fields<'_>, start: DateTime<Utc>) -> Vec<Lap> {
    let inside = exercise.object("laps");
    let laps = exercise.list("laps", MAX_LAPS).or_else(|| inside?.list("laps", MAX_LAPS));
    let automatic = || exercise.list("autoLaps", MAX_LAPS);
    let laps = laps.filter(|laps| !laps.is_empty()).or_else(automatic).unwrap_or_default();
    laps.into_iter().filter_map(|lap| Some(self::lap(&Fields::read(lap.get())?, start))).collect()
}

/// Reads a lap. Its start follows from the split time at its end.
fn lap(fields: &Fields<'_>, start: DateTime<Utc>) -> Lap {
    let totals = totals(fields);
    let whole = |value: Option<f64>| value.map(|value| value.round() as u32);
    let since =
        seconds(fields, "splitTime").zip(totals.timer_secs).map(|(end, length)| end - length);
    let millis =
        since.filter(|since| (0.0..1e9).contains(since)).map(|since| (since * 1000.0) as i64);
    Lap {
        started_at: millis
            .and_then(|millis| start.checked_add_signed(TimeDelta::milliseconds(millis))),
        duration_secs: totals.timer_secs,
        elapsed_secs: None,
        distance_meters: totals.distance_meters,
        calories: whole(totals.calories),
        elevation_gain_meters: totals.elevation_gain_meters,
        elevation_loss_meters: totals.elevation_loss_meters,
        avg_heart_rate: whole(totals.avg_heart_rate),
        max_heart_rate: whole(totals.max_heart_rate),
        avg_power_watts: whole(totals.avg_power_watts),
        avg_cadence: totals.avg_cadence,
    }
}

/// Reads the samples of each second. Each sensor has a separate list.
fn track(exercise: &Fields<'_>, clock: Clock) -> Result<Track, Refusal> {
    let mut points = BTreeMap::<i64, Point>::new();
    let Some(samples) = exercise.object("samples") else { return Ok(Track::default()) };
    let list = |name: &str| samples.list(name, MAX_POINTS + 1).unwrap_or_default();
    let mut take = |samples: Vec<&RawValue>, set: &dyn Fn(&mut Point, &Fields<'_>)| {
        for sample in samples {
            go_on()?;
            let Some(fields) = Fields::read(sample.get()) else { continue };
            let time = fields.text("dateTime").and_then(|text| clock.read(&text));
            if let Some(time) = time {
                let point = points.entry(time.timestamp()).or_default();
                point.time = point.time.or(Some(time));
                set(point, &fields);
            }
        }
        Ok::<_, Refusal>(())
    };
    let value = |fields: &Fields<'_>| {
        fields.number("value").map(|value| value as f32).filter(|value| value.is_finite())
    };
    take(list("recordedRoute"), &|point, fields| {
        let position = fields.number("latitude").zip(fields.number("longitude"));
        point.position = position.and_then(|(lat, lon)| Position::new(lat, lon));
        let altitude = fields.number("altitude").map(|altitude| altitude as f32);
        point.altitude = altitude.filter(|altitude| altitude.is_finite());
    })?;
    take(list("heartRate"), &|point, fields| point.heart_rate = value(fields))?;
    take(list("distance"), &|point, fields| point.distance = value(fields))?;
    take(list("cadence"), &|point, fields| point.cadence = value(fields))?;
    take(list("power"), &|point, fields| point.power = value(fields))?;
    take(list("temperature"), &|point, fields| point.temperature = value(fields))?;
    // The altitude of the barometer takes precedence.
    take(list("altitude"), &|point, fields| point.altitude = value(fields).or(point.altitude))?;
    take(list("speed"), &|point, fields| point.speed = value(fields).map(|speed| speed / 3.6))?;
    let mut track = Track::default();
    points.into_values().try_for_each(|point| track.push(point))?;
    Ok(track)
}
