//! GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>), with the extensions of Garmin,
//! Cluetrust, OsmAnd, OpenTracks and FitoTrack.

mod fitotrack;
mod sport;
mod stats;
#[cfg(test)]
mod tests;

use std::io::Read;

use self::sport::sport_of;
use super::{
    Point, Reason, Recording, Refusal, Track,
    damage::warn_of,
    markup::without_tags,
    outings::{self, About, Piece, first},
    own::{Beside, with_own},
    sensors::Sensor,
    values::{Unread, measurement, moment},
    xml::{Attributes, Visitor, last, walk},
};

pub fn read(source: impl Read) -> Result<Recording, Refusal> {
    let mut reader = Beside::new(Reader::default());
    let damage = walk(source, &mut reader)?;
    Ok(with_own(warn_of(damage, reader.visitor.finish())?, reader.own))
}

#[derive(Default)]
struct Reader {
    about: About,
    /// The `trk` elements before the current one.
    pieces: Vec<Piece>,
    piece: Piece,
    point: Point,
    /// Total number of points.
    points: usize,
    unread: Unread,
    /// Whether the file contains routes or waypoints, which are not read. Used in error messages.
    has_route: bool,
    has_waypoint: bool,
}

impl Visitor for Reader {
    type Error = Refusal;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
        if let Some(field) = inside_point(path) {
            if field.is_empty() {
                self.point = Point { position: attributes.place(), ..Point::default() };
            }
            return Ok(());
        }
        match last(path) {
            "gpx" => self.about.device = self.about.device.take().or(attributes.get("creator")),
            "wpt" => self.has_waypoint = true,
            "rte" => self.has_route = true,
            "trk" => self.piece.end(&mut self.pieces)?,
            "trkseg" => self.piece.track.break_off(),
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
        if let Some(field) = inside_point(path) {
            if field.is_empty() {
                Track::count(&mut self.points)?;
                if self.point.position.is_none() {
                    self.unread.place();
                }
                return self.piece.track.push(self.point);
            }
            self.read_point(field, text);
            return Ok(());
        }
        if text.is_empty() {
            return Ok(());
        }
        match path.strip_prefix("gpx/trk/") {
            Some(field) => read_track(&mut self.piece, field, text),
            None => read_about(&mut self.about, path, text),
        }
        Ok(())
    }
}

/// Returns the part of a path after the track point, regardless of the part before. Recorders that
/// were killed may append points outside a track.
fn inside_point(path: &str) -> Option<&str> {
    let field = path
        .strip_prefix("gpx/trk/trkseg/trkpt")
        .or_else(|| path.split_once("trkpt").map(|(_, field)| field))?;
    Some(field.strip_prefix('/').unwrap_or(field))
}

fn read_track(piece: &mut Piece, field: &str, text: &str) {
    match (field, last(field)) {
        ("name", _) => first(&mut piece.name, text),
        ("desc" | "cmt", _) => first(&mut piece.notes, &without_tags(text)),
        ("type", _) => first(&mut piece.sport, text),
        (_, "activity" | "activityType" | "typeTranslated") => first(&mut piece.sport, text),
        (field, name) if field.contains("TrackStatsExtension/") => {
            stats::read(&mut piece.totals, name, text);
        }
        _ => {}
    }
}

/// Reads the values of the file: in `metadata`, or in the root element as in GPX 1.0.
fn read_about(about: &mut About, path: &str, text: &str) {
    let Some(field) = path.strip_prefix("gpx/") else { return };
    let field = field.strip_prefix("metadata/").unwrap_or(field);
    match (field, last(field)) {
        ("name", _) => match fitotrack::read(text) {
            Some(workout) => *about = About { device: about.device.take(), ..workout },
            None => first(&mut about.name, text),
        },
        ("desc", _) => first(&mut about.notes, &without_tags(text)),
        (_, "activity" | "activityType" | "exercisetype") => first(&mut about.sport, text),
        (field, name) if field.contains("TrackStatsExtension/") => {
            stats::read(&mut about.totals, name, text);
        }
        _ => {}
    }
}

impl Reader {
    fn read_point(&mut self, field: &str, text: &str) {
        let point = &mut self.point;
        match field {
            "time" => {
                let moment = moment(text);
                if moment.is_none() {
                    self.unread.time(text);
                }
                point.time = moment.map(|moment| moment.time);
                let offset = moment.and_then(|moment| moment.offset);
                self.piece.offset = self.piece.offset.or(offset);
            }
            "ele" => point.altitude = measurement(text).map(|metres| metres as f32),
            _ => {
                // Some programs nest the value in a separate element of the sensor.
                let field = field.strip_suffix("/Value").unwrap_or(field);
                if let Some(sensor) = Sensor::named(last(field))
                    && let Some(value) = measurement(text)
                {
                    sensor.set(point, value as f32);
                }
            }
        }
    }

    fn finish(mut self) -> Result<Recording, Refusal> {
        if self.points == 0 {
            let what = match (self.has_route, self.has_waypoint) {
                (true, _) => "the file contains a planned route, but no recorded track",
                (false, true) => "the file contains places, but no track",
                (false, false) => "the file contains no track",
            };
            return Err(Refusal::new(Reason::NotAnActivity, what));
        }
        self.piece.end(&mut self.pieces)?;
        let creator = self.about.device.clone();
        let sport_of = |raw: &str| sport_of(raw, creator.as_deref());
        self.unread.report(outings::recording(self.pieces, &self.about, sport_of))
    }
}
