//! TCX, Garmin's Training Center Database v2
//! (<https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd>): the activity as one lap.

use std::io;

use chrono::{DateTime, Utc};

use super::{
    points::{Point, date_time},
    xml::{Xml, close, declaration, element, open, text},
};
use crate::activities::{streams::Series, types::ActivitySummary};

const ROOT: [(&str, &str); 2] = [
    ("xmlns", "http://www.garmin.com/xmlschemas/TrainingCenterDatabase/v2"),
    ("xmlns:x", "http://www.garmin.com/xmlschemas/ActivityExtension/v2"),
];

/// All that comes before the first point, in the order of the schema; it wants distance and
/// calories, known or not.
pub fn begin(xml: &mut Xml, activity: &ActivitySummary) -> io::Result<()> {
    // The schema knows two sports.
    let sport = match activity.activity_type.as_str() {
        kind if kind.ends_with("run") => "Running",
        kind if kind.ends_with("cycle") || kind.ends_with("bike") => "Biking",
        _ => "Other",
    };
    let start = date_time(activity.started_at);
    declaration(xml)?;
    open(xml, "TrainingCenterDatabase", &ROOT)?;
    open(xml, "Activities", &[])?;
    open(xml, "Activity", &[("Sport", sport)])?;
    text(xml, "Id", Some(&start))?;
    open(xml, "Lap", &[("StartTime", &start)])?;
    let value = |xml: &mut Xml, name, rate: Option<i32>| match rate {
        Some(_) => element(xml, name, &[], |xml| text(xml, "Value", rate)),
        None => Ok(()),
    };
    text(xml, "TotalTimeSeconds", Some(activity.duration_secs))?;
    text(xml, "DistanceMeters", Some(activity.distance_meters.unwrap_or(0.0)))?;
    text(xml, "Calories", Some(activity.calories.unwrap_or(0)))?;
    value(xml, "AverageHeartRateBpm", activity.avg_heart_rate)?;
    value(xml, "MaximumHeartRateBpm", activity.max_heart_rate)?;
    text(xml, "Intensity", Some("Active"))?;
    text(xml, "TriggerMethod", Some("Manual"))
}

/// All that comes after the last piece.
pub fn end(xml: &mut Xml, activity: &ActivitySummary) -> io::Result<()> {
    close(xml, "Lap")?;
    text(xml, "Notes", activity.notes.as_ref())?;
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
        if let Some(rate) = point.get(Series::HeartRate) {
            element(xml, "HeartRateBpm", &[], |xml| text(xml, "Value", Some(rate.round())))?;
        }
        text(xml, "Cadence", point.get(Series::Cadence).map(f64::round))?;
        let (speed, power) = (point.get(Series::Speed), point.get(Series::Power));
        if speed.or(power).is_none() {
            return Ok(());
        }
        element(xml, "Extensions", &[], |xml| {
            element(xml, "x:TPX", &[], |xml| {
                text(xml, "x:Speed", speed)?;
                text(xml, "x:Watts", power.map(f64::round))
            })
        })
    })
}
