//! GPX 1.1 (<https://www.topografix.com/GPX/1/1/>) with Garmin's TrackPointExtension v1.

use std::io;

use super::{
    points::{Point, date_time},
    xml::{Xml, close, declaration, element, open, text},
};
use crate::activities::{streams::Series, types::ActivitySummary};

const ROOT: [(&str, &str); 4] = [
    ("version", "1.1"),
    ("creator", "sports-log"),
    ("xmlns", "http://www.topografix.com/GPX/1/1"),
    ("xmlns:gpxtpx", "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"),
];

/// All that comes before the first point.
pub fn begin(xml: &mut Xml, activity: &ActivitySummary) -> io::Result<()> {
    declaration(xml)?;
    open(xml, "gpx", &ROOT)?;
    open(xml, "trk", &[])?;
    text(xml, "name", activity.title.as_ref())?;
    text(xml, "desc", activity.notes.as_ref())?;
    text(xml, "type", Some(&activity.activity_type))?;
    open(xml, "trkseg", &[])
}

/// All that comes after the last piece.
pub fn end(xml: &mut Xml) -> io::Result<()> {
    close(xml, "trk")?;
    close(xml, "gpx")
}

pub fn write_point(
    xml: &mut Xml,
    point: &Point,
    (latitude, longitude): (f64, f64),
) -> io::Result<()> {
    let (latitude, longitude) = (latitude.to_string(), longitude.to_string());
    element(xml, "trkpt", &[("lat", &latitude), ("lon", &longitude)], |xml| {
        text(xml, "ele", point.get(Series::Altitude))?;
        text(xml, "time", point.time().map(date_time))?;
        let whole = |series| point.get(series).map(f64::round);
        let (rate, cadence) = (whole(Series::HeartRate), whole(Series::Cadence));
        let (temperature, power) = (point.get(Series::Temperature), whole(Series::Power));
        if rate.or(cadence).or(temperature).or(power).is_none() {
            return Ok(());
        }
        element(xml, "extensions", &[], |xml| {
            text(xml, "power", power)?;
            element(xml, "gpxtpx:TrackPointExtension", &[], |xml| {
                text(xml, "gpxtpx:atemp", temperature)?;
                text(xml, "gpxtpx:hr", rate)?;
                text(xml, "gpxtpx:cad", cadence)
            })
        })
    })
}
