//! TCX, Garmin's Training Center Database v2
//! (<https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd>), with our own element.

use std::io;

use chrono::{DateTime, Utc};

use super::{
    document::Document,
    own,
    points::{Point, date_time},
    xml::{Xml, close, declaration, element, open, text},
};
use crate::{
    activities::{series::Series, types::ActivitySummary},
    sport::Lap,
};

const ROOT: [(&str, &str); 4] = [
    ("xmlns", "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"),
    ("xmlns:x", "http://www.garmin.com/xmlschemas/ActivityExtension/v2"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2 \
         http://www.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd \
         http://www.garmin.com/xmlschemas/ActivityExtension/v2 \
         http://www.garmin.com/xmlschemas/ActivityExtensionv2.xsd",
    ),
];

/// The maximum in the schema.
const MAX_RATE: f64 = 255.0;
const MAX_CADENCE: f64 = 254.0;

/// Writes everything before the first lap.
pub fn begin(xml: &mut Xml, activity: &ActivitySummary) -> io::Result<()> {
    // The schema has no other sports.
    let sport = match activity.activity_type.as_str() {
        kind if kind.ends_with("run") => "Running",
        kind if kind.ends_with("cycle") || kind.ends_with("bike") => "Biking",
        _ => "Other",
    };
    declaration(xml)?;
    open(xml, "TrainingCenterDatabase", &ROOT)?;
    open(xml, "Activities", &[])?;
    open(xml, "Activity", &[("Sport", sport)])?;
    text(xml, "Id", Some(date_time(activity.started_at)))
}

/// The whole activity as one lap, if it has no laps that points can be assigned to.
pub fn whole(activity: &ActivitySummary) -> Lap {
    let rate = |rate: Option<i32>| rate.and_then(|rate| u32::try_from(rate).ok());
    Lap {
        started_at: Some(activity.started_at),
        duration_secs: Some(activity.duration_secs.into()),
        distance_meters: activity.distance_meters,
        calories: rate(activity.calories),
        avg_heart_rate: rate(activity.avg_heart_rate),
        max_heart_rate: rate(activity.max_heart_rate),
        avg_power_watts: rate(activity.avg_power_watts),
        avg_cadence: activity.avg_cadence,
        ..Lap::default()
    }
}

/// Starts a lap, in schema order. Distance and calories are required, even if they are unknown.
pub fn begin_lap(xml: &mut Xml, lap: &Lap, start: DateTime<Utc>) -> io::Result<()> {
    open(xml, "Lap", &[("StartTime", &date_time(start))])?;
    let value = |xml: &mut Xml, name, rate: Option<u32>| match rate.filter(|rate| *rate <= 255) {
        Some(rate) => element(xml, name, &[], |xml| text(xml, "Value", Some(rate))),
        None => Ok(()),
    };
    let seconds = lap.duration_secs.or(lap.elapsed_secs).unwrap_or(0.0);
    text(xml, "TotalTimeSeconds", Some(seconds))?;
    text(xml, "DistanceMeters", Some(lap.distance_meters.unwrap_or(0.0)))?;
    text(xml, "Calories", Some(lap.calories.unwrap_or(0).min(u16::MAX.into())))?;
    value(xml, "AverageHeartRateBpm", lap.avg_heart_rate)?;
    value(xml, "MaximumHeartRateBpm", lap.max_heart_rate)?;
    text(xml, "Intensity", Some("Active"))?;
    let cadence = lap.avg_cadence.map(f64::round).filter(|cadence| *cadence <= MAX_CADENCE);
    text(xml, "Cadence", cadence)?;
    text(xml, "TriggerMethod", Some("Manual"))
}

/// Ends a lap, after its last piece.
pub fn end_lap(xml: &mut Xml, lap: &Lap) -> io::Result<()> {
    if let Some(power) = lap.avg_power_watts {
        element(xml, "Extensions", &[], |xml| {
            element(xml, "x:LX", &[], |xml| text(xml, "x:AvgWatts", Some(power)))
        })?;
    }
    close(xml, "Lap")
}

/// Writes everything after the last lap. The title precedes the notes, because programs read no
/// other element that could hold it.
pub fn end(xml: &mut Xml, document: &Document) -> io::Result<()> {
    let activity = &document.activity;
    let notes = match (&activity.title, &activity.notes) {
        (Some(title), Some(notes)) => Some(format!("{title}\n\n{notes}")),
        (title, notes) => title.clone().or_else(|| notes.clone()),
    };
    text(xml, "Notes", notes)?;
    element(xml, "Extensions", &[], |xml| own::write(xml, document, &[]))?;
    ["Activity", "Activities", "TrainingCenterDatabase"]
        .iter()
        .try_for_each(|name| close(xml, name))
}

pub fn write_point(xml: &mut Xml, point: &Point, time: DateTime<Utc>) -> io::Result<()> {
    element(xml, "Trackpoint", &[], |xml| {
        text(xml, "Time", Some(date_time(time)))?;
        if let Some((latitude, longitude)) = point.position() {
            element(xml, "Position", &[], |xml| {
                text(xml, "LatitudeDegrees", Some(latitude))?;
                text(xml, "LongitudeDegrees", Some(longitude))
            })?;
        }
        text(xml, "AltitudeMeters", point.get(Series::Altitude))?;
        text(xml, "DistanceMeters", point.get(Series::Distance))?;
        let whole = |series, max| point.get(series).map(f64::round).filter(|value| *value <= max);
        if let Some(rate) = whole(Series::HeartRate, MAX_RATE) {
            element(xml, "HeartRateBpm", &[], |xml| text(xml, "Value", Some(rate)))?;
        }
        text(xml, "Cadence", whole(Series::Cadence, MAX_CADENCE))?;
        let (speed, power) = (point.get(Series::Speed), whole(Series::Power, u16::MAX.into()));
        if speed.or(power).is_none() {
            return Ok(());
        }
        element(xml, "Extensions", &[], |xml| {
            element(xml, "x:TPX", &[], |xml| {
                text(xml, "x:Speed", speed)?;
                text(xml, "x:Watts", power)
            })
        })
    })
}
