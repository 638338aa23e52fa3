//! TCX, Garmin's Training Center Database v2
//! (<https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd>), with ActivityExtension v2.
//!
//! The totals of an activity are the sums of its laps.

mod laps;
mod odometer;
mod paths;
#[cfg(test)]
mod tests;

use std::io::Read;

use chrono::TimeDelta;

use self::{
    laps::{OpenLap, is_copy, totals},
    odometer::Odometer,
    paths::{inside, of_track},
};
use super::{
    Point, Reason, Recording, Refusal, Session, Totals, Track,
    damage::warn_of,
    markup::without_tags,
    own::{Beside, with_own},
    recording::{MAX_LAPS, MAX_SESSIONS, push},
    sensors::Sensor,
    values::{Moment, Unread, latitude, longitude, measurement, moment},
    xml::{Attributes, Visitor, last, walk},
};
use crate::sport::{Lap, Position, Sport};

/// A device that wrote nothing for longer before a lap may have been stopped.
const PAUSE: TimeDelta = TimeDelta::seconds(60);

pub fn read(source: impl Read) -> Result<Recording, Refusal> {
    let mut reader = Beside::new(Reader::default());
    let damage = walk(source, &mut reader)?;
    let Beside { visitor: mut reader, own, .. } = reader;
    // An activity that is still open was truncated.
    reader.activity = reader.activity.take().and_then(Activity::cut_off);
    reader.end_activity()?;
    Ok(with_own(warn_of(damage, reader.finish())?, own))
}

#[derive(Default)]
struct Reader {
    sessions: Vec<Session>,
    refusal: Option<Refusal>,
    has_plan: bool,
    /// The activity that is being read.
    activity: Option<Activity>,
    point: Point,
    latitude: Option<f64>,
    longitude: Option<f64>,
    /// Total number of points.
    points: usize,
    unread: Unread,
}

#[derive(Default)]
struct Activity {
    sport: Option<String>,
    id: Option<Moment>,
    title: Option<String>,
    notes: Option<String>,
    device: Option<String>,
    /// Offset of the first time that has one.
    offset: Option<i32>,
    /// Each lap with the index of its first point.
    laps: Vec<(Lap, usize)>,
    lap: Option<OpenLap>,
    odometer: Odometer,
    track: Track,
    /// Whether the next point is the first of a lap.
    begins_lap: bool,
}

impl Visitor for Reader {
    type Error = Refusal;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
        let Some(path) = path.strip_prefix("TrainingCenterDatabase/") else { return Ok(()) };
        match inside(path) {
            "Courses" | "Workouts" => self.has_plan = true,
            "Activity" => {
                self.end_activity()?;
                let sport = attributes.get("Sport");
                self.activity = Some(Activity { sport, ..Activity::default() });
            }
            "Activity/Lap" => {
                if let Some(activity) = &mut self.activity {
                    activity.begin_lap(attributes.get("StartTime").as_deref())?;
                }
            }
            path => match (of_track(path), &mut self.activity) {
                (Some(""), Some(activity)) => activity.break_off(),
                (Some("/Trackpoint"), _) => {
                    (self.point, self.latitude, self.longitude) = (Point::default(), None, None);
                }
                _ => {}
            },
        }
        Ok(())
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
        let Some(path) = path.strip_prefix("TrainingCenterDatabase/") else { return Ok(()) };
        let Some(activity) = &mut self.activity else { return Ok(()) };
        let path = inside(path);
        if let Some(inside) = of_track(path) {
            if let Some(field) = inside.strip_prefix("/Trackpoint/") {
                self.read_point(field, text);
            } else if inside == "/Trackpoint" {
                Track::count(&mut self.points)?;
                activity.add(self.point)?;
            }
        } else if path == "Activity" {
            self.end_activity()?;
        } else if path == "Activity/Lap" {
            activity.end_lap()?;
        } else if let Some(field) = path.strip_prefix("Activity/Lap/") {
            if let Some(lap) = &mut activity.lap {
                lap.read(field, text);
            }
        } else if let Some(field) = path.strip_prefix("Activity/")
            && !text.is_empty()
        {
            activity.read(field, text);
        }
        Ok(())
    }
}

impl Reader {
    fn read_point(&mut self, field: &str, text: &str) {
        let real = || measurement(text).map(|value| value as f32);
        match field {
            "Time" => {
                let moment = moment(text);
                self.point.time = moment.map(|moment| moment.time);
                if moment.is_none() {
                    self.unread.time(text);
                }
                if let Some(activity) = &mut self.activity {
                    activity.note_offset(moment);
                }
            }
            "Position/LatitudeDegrees" => self.latitude = latitude(text),
            "Position/LongitudeDegrees" => self.longitude = longitude(text),
            "Position" => {
                let position = self.latitude.zip(self.longitude);
                self.point.position = position.and_then(|(lat, lon)| Position::new(lat, lon));
                if self.point.position.is_none() {
                    self.unread.place();
                }
            }
            "AltitudeMeters" => self.point.altitude = real(),
            "DistanceMeters" => self.point.distance = real(),
            _ => {
                let field = field.strip_suffix("/Value").unwrap_or(field);
                if let Some((sensor, value)) = Sensor::named(last(field)).zip(real()) {
                    sensor.set(&mut self.point, value);
                }
            }
        }
    }

    fn end_activity(&mut self) -> Result<(), Refusal> {
        let Some(mut activity) = self.activity.take() else { return Ok(()) };
        activity.end_lap()?;
        match activity.finish() {
            Some(session) => push(&mut self.sessions, session, MAX_SESSIONS, "activities"),
            None => {
                let what = "the file does not say when the activity began";
                self.refusal = Some(Refusal::new(Reason::NoStartTime, what));
                Ok(())
            }
        }
    }

    fn finish(self) -> Result<Recording, Refusal> {
        if self.sessions.is_empty() {
            let what = if self.has_plan {
                "the file contains a course or a planned workout, not an activity"
            } else {
                "the file contains no activities"
            };
            let refusal = self.refusal.unwrap_or_else(|| Refusal::new(Reason::NotAnActivity, what));
            return self.unread.report(Err(refusal));
        }
        self.unread.report(Ok(Recording { sessions: self.sessions, ..Recording::default() }))
    }
}

impl Activity {
    fn read(&mut self, field: &str, text: &str) {
        match field {
            "Id" => {
                self.id = moment(text);
                self.note_offset(self.id);
            }
            "Name" | "Training/Plan/Name" => self.title = Some(text.to_owned()),
            "Notes" => self.notes = Some(without_tags(text)),
            "Creator/Name" => self.device = Some(text.to_owned()),
            _ => {}
        }
    }

    fn note_offset(&mut self, moment: Option<Moment>) {
        self.offset = self.offset.or_else(|| moment?.offset);
    }

    fn begin_lap(&mut self, start: Option<&str>) -> Result<(), Refusal> {
        self.end_lap()?;
        let start = start.and_then(moment);
        self.note_offset(start);
        let lap = Lap { started_at: start.map(|start| start.time), ..Lap::default() };
        let (first, before) = (self.track.points.len(), self.odometer.clone());
        self.lap = Some(OpenLap { lap, first, before });
        Ok(())
    }

    fn end_lap(&mut self) -> Result<(), Refusal> {
        let Some(lap) = self.lap.take() else { return Ok(()) };
        let (first, before) = (lap.first, lap.before.clone());
        let lap = lap.finish(&self.track, &self.odometer);
        if is_copy(&lap, first, &self.laps, &self.track.points) {
            self.track.split_off(first);
            self.odometer = before;
            return Ok(());
        }
        push(&mut self.laps, (lap, first), MAX_LAPS, "laps")
    }

    /// Starts a new track. A new track within a lap means that nothing was recorded in between. The
    /// first track of a lap does not: every lap must start with a new track.
    fn break_off(&mut self) {
        let length = self.track.points.len();
        self.begins_lap = self.lap.as_ref().is_some_and(|lap| lap.first == length);
        self.track.break_off();
    }

    fn add(&mut self, mut point: Point) -> Result<(), Refusal> {
        if std::mem::take(&mut self.begins_lap)
            && let Some(last) = self.track.points.last()
            && last
                .time
                .zip(point.time)
                .is_some_and(|(last, time)| time >= last && time - last <= PAUSE)
        {
            let length = self.track.points.len();
            self.track.breaks.pop_if(|at| *at == length);
        }
        if let Some(shown) = point.distance {
            let finished = || self.laps.iter().map(|(lap, _)| lap.distance_meters).sum();
            point.distance = Some(self.odometer.read(shown.into(), finished) as f32);
        }
        self.track.push(point)
    }

    /// Returns a truncated activity, or `None` if it contains nothing complete.
    fn cut_off(mut self) -> Option<Self> {
        let points = self.track.points.len();
        self.lap.take_if(|lap| lap.first == points);
        (points > 0 || !self.laps.is_empty()).then_some(self)
    }

    /// Returns `None` if the start is unknown.
    fn finish(self) -> Option<Session> {
        let mut laps: Vec<_> = self.laps.into_iter().map(|(lap, _)| lap).collect();
        // Some programs write the last lap first.
        if laps.iter().all(|lap| lap.started_at.is_some()) {
            laps.sort_by_key(|lap| lap.started_at);
        }
        let lap_start = laps.iter().find_map(|lap| lap.started_at);
        let started_at = lap_start
            .or_else(|| Some(self.id?.time))
            .or_else(|| self.track.points.iter().find_map(|point| point.time))?;
        let sport = self.sport.filter(|sport| sport != "Other");
        Some(Session {
            activity_type: Sport::of(sport.as_deref()),
            sport_raw: sport,
            started_at,
            utc_offset_minutes: self.offset,
            title: self.title,
            notes: self.notes,
            device: self.device,
            totals: totals(&laps, &self.track),
            laps,
            sets: Vec::new(),
            measured: Totals::default(),
            track: self.track,
        })
    }
}
