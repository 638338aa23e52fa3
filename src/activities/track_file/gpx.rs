//! GPX 1.1 (<https://www.topografix.com/GPX/1/1/>) with Garmin's extensions for sensors and power,
//! and our own element.

use std::io;

use super::{
    document::Document,
    own,
    points::{Point, date_time},
    xml::{Xml, close, declaration, element, open, text},
};
use crate::activities::series::Series;

const ROOT: [(&str, &str); 7] = [
    ("version", "1.1"),
    ("creator", "sports-log"),
    ("xmlns", "http://www.topografix.com/GPX/1/1"),
    ("xmlns:gpxtpx", "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"),
    ("xmlns:pwr", "http://www.garmin.com/xmlschemas/PowerExtension/v1"),
    ("xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance"),
    (
        "xsi:schemaLocation",
        "http://www.topografix.com/GPX/1/1 http://www.topografix.com/GPX/1/1/gpx.xsd \
         http://www.garmin.com/xmlschemas/TrackPointExtension/v1 \
         http://www.garmin.com/xmlschemas/TrackPointExtensionv1.xsd \
         http://www.garmin.com/xmlschemas/PowerExtension/v1 \
         http://www.garmin.com/xmlschemas/PowerExtensionv1.xsd",
    ),
];

/// The maximum in the schema of the sensor extension.
const MAX_RATE: f64 = 255.0;
const MAX_CADENCE: f64 = 254.0;

/// Writes everything before the first point, in schema order.
pub fn begin(xml: &mut Xml, document: &Document) -> io::Result<()> {
    let activity = &document.activity;
    declaration(xml)?;
    open(xml, "gpx", &ROOT)?;
    element(xml, "metadata", &[], |xml| {
        text(xml, "time", Some(date_time(activity.started_at)))?;
        element(xml, "extensions", &[], |xml| own::write(xml, document, &["title"]))
    })?;
    open(xml, "trk", &[])?;
    text(xml, "name", activity.title.as_ref())?;
    text(xml, "desc", activity.notes.as_ref())?;
    text(xml, "type", Some(&activity.activity_type))?;
    open(xml, "trkseg", &[])
}

/// Writes everything after the last piece.
pub fn end(xml: &mut Xml) -> io::Result<()> {
    close(xml, "trk")?;
    close(xml, "gpx")
}

/// Writes a point if it has a position, as GPX requires.
pub fn write_point(xml: &mut Xml, point: &Point) -> io::Result<()> {
    let Some((latitude, longitude)) = point.position() else { return Ok(()) };
    // The schema allows the antimeridian only as -180°.
    let longitude = if longitude >= 180.0 { -180.0 } else { longitude };
    let (latitude, longitude) = (latitude.to_string(), longitude.to_string());
    element(xml, "trkpt", &[("lat", &latitude), ("lon", &longitude)], |xml| {
        text(xml, "ele", point.get(Series::Altitude))?;
        text(xml, "time", point.time().map(date_time))?;
        let whole = |series| point.get(series).map(f64::round);
        let rate = whole(Series::HeartRate).filter(|rate| *rate <= MAX_RATE);
        let cadence = whole(Series::Cadence).filter(|cadence| *cadence <= MAX_CADENCE);
        let (temperature, power) = (point.get(Series::Temperature), whole(Series::Power));
        let has_sensors = rate.or(cadence).or(temperature).is_some();
        if !has_sensors && power.is_none() {
            return Ok(());
        }
        element(xml, "extensions", &[], |xml| {
            text(xml, "pwr:PowerInWatts", power)?;
            if !has_sensors {
                return Ok(());
            }
            element(xml, "gpxtpx:TrackPointExtension", &[], |xml| {
                text(xml, "gpxtpx:atemp", temperature)?;
                text(xml, "gpxtpx:hr", rate)?;
                text(xml, "gpxtpx:cad", cadence)
            })
        })
    })
}
