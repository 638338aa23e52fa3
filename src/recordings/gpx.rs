//! GPX 1.0 and 1.1 (<https://www.topografix.com/GPX/1/1/>) with Garmin's TrackPointExtension.
//!
//! All tracks of a file are one activity: receivers write each piece as a track of its own.

use chrono::{DateTime, Utc};

use super::{
    Point, Position, Reason, Recording, Refusal, Session, Totals, Track,
    xml::{Attributes, Visitor, text, walk_text},
};
use crate::activities::Sport;

pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    let mut reader = Reader::default();
    walk_text(&text(bytes), &mut reader)?;
    reader.finish()
}

#[derive(Default)]
struct Reader {
    creator: Option<String>,
    name: Option<String>,
    description: Option<String>,
    sport: Option<String>,
    point: Point,
    track: Track,
    /// What else is in the file, for those who expected it to be read.
    has_route: bool,
    has_waypoint: bool,
}

impl Visitor for Reader {
    type Error = Refusal;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
        match path {
            "gpx" => self.creator = attributes.get("creator"),
            "gpx/wpt" => self.has_waypoint = true,
            "gpx/rte" => self.has_route = true,
            "gpx/trk/trkseg" => self.track.break_off(),
            "gpx/trk/trkseg/trkpt" => {
                let degrees = |name| attributes.get(name)?.trim().parse().ok();
                let position = degrees("lat").zip(degrees("lon"));
                self.point = Point {
                    position: position.and_then(|(lat, lon)| Position::new(lat, lon)),
                    ..Point::default()
                };
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
        if let Some(field) = path.strip_prefix("gpx/trk/trkseg/trkpt/") {
            // Extensions nest each in its own way; the last name tells what it is.
            let name = field.rsplit('/').next().unwrap_or(field);
            read_field(&mut self.point, name, text);
            return Ok(());
        }
        let first = |known: &mut Option<String>| {
            if known.is_none() && !text.is_empty() {
                *known = Some(text.to_owned());
            }
        };
        match path {
            "gpx/trk/trkseg/trkpt" => self.track.push(self.point)?,
            "gpx/trk/name" => first(&mut self.name),
            "gpx/trk/desc" => first(&mut self.description),
            "gpx/trk/type" => first(&mut self.sport),
            _ => {}
        }
        Ok(())
    }
}

fn read_field(point: &mut Point, name: &str, text: &str) {
    let number = || text.parse::<f32>().ok().filter(|value| value.is_finite());
    match name {
        "time" => point.time = time(text),
        "ele" => point.altitude = number(),
        "speed" => point.speed = number(),
        "hr" => point.heart_rate = number(),
        "cad" => point.cadence = number(),
        "atemp" => point.temperature = number(),
        "power" | "PowerInWatts" => point.power = number(),
        _ => {}
    }
}

/// An XML Schema dateTime; without an offset it is taken for UTC, as GPX wants it.
pub fn time(text: &str) -> Option<DateTime<Utc>> {
    let with_offset = DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    with_offset.or_else(|_| text.parse::<chrono::NaiveDateTime>().map(|time| time.and_utc())).ok()
}

impl Reader {
    fn finish(self) -> Result<Recording, Refusal> {
        if self.track.points.is_empty() {
            let what = match (self.has_route, self.has_waypoint) {
                (true, _) => "a route is a plan: there is no track of somebody who took it",
                (false, true) => "there are places in it, and no track",
                (false, false) => "there is no track in it",
            };
            return Err(Refusal::new(Reason::NotAnActivity, what));
        }
        let start = self.track.points.iter().filter_map(|point| point.time).min();
        let started_at = start.ok_or_else(|| {
            Refusal::new(Reason::NoStartTime, "its points have no time: it may have been drawn")
        })?;
        let session = Session {
            activity_type: Sport::of(self.sport.as_deref()),
            sport_raw: self.sport,
            started_at,
            utc_offset_minutes: None,
            title: self.name,
            notes: self.description,
            device: self.creator,
            totals: Totals::default(),
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: self.track,
        };
        Ok(Recording { sessions: vec![session], ..Recording::default() })
    }
}
