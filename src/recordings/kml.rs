//! KML 2.2 with Google's extensions, and KML 2.3
//! (<https://docs.ogc.org/is/12-007r2/12-007r2.html>). Only tracks are read: times, positions and
//! sensor values, each in a separate list.

use std::io::Read;

use super::{
    Point, Reason, Recording, Refusal, Track,
    damage::warn_of,
    markup::without_tags,
    outings::{self, About, Piece, first},
    sensors::Sensor,
    values::{Unread, latitude, longitude, measurement, moment},
    xml::{Attributes, Visitor, last, walk},
};
use crate::sport::{Position, Sport};

pub fn read(source: impl Read) -> Result<Recording, Refusal> {
    let mut reader = Reader::default();
    let damage = walk(source, &mut reader)?;
    if damage.is_some() {
        reader.drop_unplaced();
    }
    warn_of(damage, reader.finish())
}

#[derive(Default)]
struct Reader {
    about: About,
    /// The pieces of the placemarks before the current one.
    pieces: Vec<Piece>,
    piece: Piece,
    /// Index of the current track's first point, and its number of times and positions.
    start: usize,
    times: usize,
    places: usize,
    /// Sensor of the current list of values, and the number of its values so far.
    sensor: Option<Sensor>,
    values: usize,
    /// Name of the current data value.
    data: Option<String>,
    /// Total number of points.
    points: usize,
    unread: Unread,
    /// Whether the file contains lines or places, which are not read. Used in error messages.
    has_line: bool,
    has_place: bool,
}

impl Visitor for Reader {
    type Error = Refusal;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
        match last(path) {
            "Placemark" => self.piece.end(&mut self.pieces)?,
            "Track" => {
                self.piece.track.break_off();
                self.start = self.piece.track.points.len();
                (self.times, self.places) = (0, 0);
            }
            "SimpleArrayData" => {
                self.sensor = attributes.get("name").and_then(|name| Sensor::named(&name));
                self.values = 0;
            }
            "Data" => self.data = attributes.get("name"),
            "LineString" => self.has_line = true,
            "Point" => self.has_place = true,
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
        let mut names = path.rsplit('/');
        match (names.next().unwrap_or_default(), names.next().unwrap_or_default()) {
            ("when", "Track") => {
                self.times += 1;
                let moment = moment(text);
                if moment.is_none() {
                    self.unread.time(text);
                }
                self.piece.offset = self.piece.offset.or_else(|| moment?.offset);
                self.point(self.times)?.time = moment.map(|moment| moment.time);
            }
            ("coord", "Track") => {
                self.places += 1;
                let (position, altitude) = place(text);
                // An empty element means that the position is unknown.
                if position.is_none() && !text.is_empty() {
                    self.unread.place();
                }
                let point = self.point(self.places)?;
                (point.position, point.altitude) = (position, altitude);
            }
            ("value", "SimpleArrayData") => {
                self.values += 1;
                if let Some((sensor, value)) = self.sensor.zip(measurement(text)) {
                    sensor.set(self.point(self.values)?, value as f32);
                }
            }
            ("value", "Data") => self.read_data(text),
            ("Placemark", _) => self.piece.end(&mut self.pieces)?,
            (_, _) if text.is_empty() => {}
            ("name", "Placemark") => first(&mut self.piece.name, text),
            ("description", "Placemark") => first(&mut self.piece.notes, &without_tags(text)),
            ("name", "Document") => first(&mut self.about.name, text),
            ("description", "Document") => first(&mut self.about.notes, &without_tags(text)),
            ("generator", _) => first(&mut self.about.device, text),
            _ => {}
        }
        Ok(())
    }
}

/// Parses longitude, latitude and altitude, separated by spaces, or by commas as elsewhere in KML.
fn place(text: &str) -> (Option<Position>, Option<f32>) {
    let is_spaced = text.contains(char::is_whitespace);
    let is_between = |c: char| if is_spaced { c.is_whitespace() } else { c == ',' };
    let mut numbers = text.split(is_between).filter(|part| !part.is_empty());
    let longitude = numbers.next().and_then(longitude);
    let latitude = numbers.next().and_then(latitude);
    let position = latitude.zip(longitude).and_then(|(lat, lon)| Position::new(lat, lon));
    (position, numbers.next().and_then(measurement).map(|metres| metres as f32))
}

impl Reader {
    /// Returns the `number`th point of the current track.
    fn point(&mut self, number: usize) -> Result<&mut Point, Refusal> {
        let points = &mut self.piece.track.points;
        let length = self.start + number;
        while points.len() < length {
            Track::count(&mut self.points)?;
            points.push(Point::default());
        }
        let point = points.get_mut(length.saturating_sub(1));
        point.ok_or_else(|| Refusal::malformed("a track has no points"))
    }

    fn read_data(&mut self, text: &str) {
        let is_sport = match self.data.take().as_deref() {
            // These take precedence: OpenTracks writes `type` in the language of the phone.
            Some("activityType" | "activity_type" | "sport") => true,
            Some("type" | "activity") => self.piece.sport.is_none(),
            _ => false,
        };
        if is_sport && !text.is_empty() {
            self.piece.sport = Some(text.to_owned());
        }
    }

    /// Drops times whose positions are missing because the file is truncated.
    fn drop_unplaced(&mut self) {
        let track = &mut self.piece.track;
        let is_whole = |point: &Point| point.position.is_some() || point.heart_rate.is_some();
        let length = track.points.iter().rposition(is_whole).map_or(0, |last| last + 1);
        track.points.truncate(length);
        track.breaks.retain(|at| *at < length);
    }

    fn finish(mut self) -> Result<Recording, Refusal> {
        self.piece.end(&mut self.pieces)?;
        if self.pieces.is_empty() {
            let (reason, what) = match (self.has_line, self.has_place) {
                (true, _) => {
                    (Reason::NoStartTime, "the lines have no times: they may have been drawn")
                }
                (false, true) => (Reason::NotAnActivity, "the file contains places, but no track"),
                (false, false) => (Reason::NotAnActivity, "the file contains no track"),
            };
            return Err(Refusal::new(reason, what));
        }
        let sport_of = |raw: &str| Sport::of(Some(raw));
        self.unread.report(outings::recording(self.pieces, &self.about, sport_of))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kml(when: &str, coord: &str) -> String {
        let point = format!("<when>{when}</when><gx:coord>{coord}</gx:coord>");
        format!("<kml><Placemark><gx:Track>{point}{point}</gx:Track></Placemark></kml>")
    }

    #[test]
    fn what_points_cannot_say_is_told() {
        for (coord, is_place, warnings) in [
            ("7.5 46.5 500", true, 0),
            ("367.5° 46.5N 500m", true, 0),
            ("", false, 0),
            ("7.5 146.5 500", false, 1),
        ] {
            let recording = read(kml("2024-05-04T08:00:00Z", coord).as_bytes()).unwrap();
            let point = recording.sessions[0].track.points[0];
            assert_eq!((point.position.is_some(), recording.warnings.len()), (is_place, warnings));
        }
        let refusal = read(kml("1970-01-01T00:00:00Z", "7.5 46.5").as_bytes()).unwrap_err();
        assert!(refusal.message.contains("such as 1970"), "{refusal}");
    }
}
