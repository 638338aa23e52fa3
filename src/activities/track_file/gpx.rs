//! GPX 1.1 (<https://www.topografix.com/GPX/1/1/>) with Garmin's TrackPointExtension v1.

use std::io;

use super::{
    points::{Point, date_time, pieces},
    xml::{Xml, document, element, text},
};
use crate::activities::{
    streams::{Series, Streams},
    types::ActivitySummary,
};

const ROOT: [(&str, &str); 4] = [
    ("version", "1.1"),
    ("creator", "sports-log"),
    ("xmlns", "http://www.topografix.com/GPX/1/1"),
    ("xmlns:gpxtpx", "http://www.garmin.com/xmlschemas/TrackPointExtension/v1"),
];

/// `None` without a single position: a point of GPX must have one.
pub fn write(activity: &ActivitySummary, streams: &Streams) -> io::Result<Option<Vec<u8>>> {
    if !pieces(streams).flatten().any(|point| point.position().is_some()) {
        return Ok(None);
    }
    let track = |xml: &mut Xml| {
        text(xml, "name", activity.title.as_ref())?;
        text(xml, "desc", activity.notes.as_ref())?;
        text(xml, "type", Some(&activity.activity_type))?;
        for piece in pieces(streams) {
            element(xml, "trkseg", &[], |xml| {
                let mut placed = piece.filter_map(|point| Some((point, point.position()?)));
                placed.try_for_each(|(point, position)| write_point(xml, point, position))
            })?;
        }
        Ok(())
    };
    document(|xml| element(xml, "gpx", &ROOT, |xml| element(xml, "trk", &[], track))).map(Some)
}

fn write_point(
    xml: &mut Xml,
    point: Point<'_>,
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
