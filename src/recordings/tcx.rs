//! TCX, Garmin's Training Center Database v2
//! (<https://www8.garmin.com/xmlschemas/TrainingCenterDatabasev2.xsd>) with ActivityExtension v2.
//!
//! The totals of an activity are the sums of its laps.

use super::{
    Point, Position, Reason, Recording, Refusal, Session, Totals, Track,
    gpx::time,
    recording::{MAX_LAPS, MAX_SESSIONS, push},
    xml::{Attributes, Visitor, text, walk_text},
};
use crate::activities::{Lap, Sport};

pub fn read(bytes: &[u8]) -> Result<Recording, Refusal> {
    let mut reader = Reader::default();
    walk_text(&text(bytes), &mut reader)?;
    if reader.sessions.is_empty() {
        let what = if reader.has_plan {
            "it is a course or a workout: a plan"
        } else {
            "there is no activity in it"
        };
        return Err(reader.refusal.unwrap_or_else(|| Refusal::new(Reason::NotAnActivity, what)));
    }
    Ok(Recording { sessions: reader.sessions, ..Recording::default() })
}

#[derive(Default)]
struct Reader {
    sessions: Vec<Session>,
    refusal: Option<Refusal>,
    has_plan: bool,
    activity: Activity,
    lap: Lap,
    point: Point,
    latitude: Option<f64>,
    longitude: Option<f64>,
}

#[derive(Default)]
struct Activity {
    sport: Option<String>,
    id: Option<String>,
    notes: Option<String>,
    device: Option<String>,
    laps: Vec<Lap>,
    track: Track,
}

impl Visitor for Reader {
    type Error = Refusal;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Refusal> {
        let Some(path) = path.strip_prefix("TrainingCenterDatabase/") else { return Ok(()) };
        match inside(path) {
            "Courses" | "Workouts" => self.has_plan = true,
            "Activity" => {
                self.activity = Activity { sport: attributes.get("Sport"), ..Activity::default() };
            }
            "Activity/Lap" => {
                let started_at = attributes.get("StartTime").and_then(|text| time(&text));
                self.lap = Lap { started_at, ..Lap::default() };
            }
            "Activity/Lap/Track" => self.activity.track.break_off(),
            "Activity/Lap/Track/Trackpoint" => {
                (self.point, self.latitude, self.longitude) = (Point::default(), None, None);
            }
            _ => {}
        }
        Ok(())
    }

    fn close(&mut self, path: &str, text: &str) -> Result<(), Refusal> {
        let Some(path) = path.strip_prefix("TrainingCenterDatabase/") else { return Ok(()) };
        let path = inside(path);
        if let Some(field) = path.strip_prefix("Activity/Lap/Track/Trackpoint/") {
            self.read_point(field, text);
        } else if let Some(field) = path.strip_prefix("Activity/Lap/") {
            if field == "Track/Trackpoint" {
                let position = self.latitude.zip(self.longitude);
                self.point.position = position.and_then(|(lat, lon)| Position::new(lat, lon));
                self.activity.track.push(self.point)?;
            }
            read_lap(&mut self.lap, field, text);
        } else {
            let text = || Some(text.to_owned()).filter(|text| !text.is_empty());
            match path {
                "Activity/Id" => self.activity.id = text(),
                "Activity/Notes" => self.activity.notes = text(),
                "Activity/Creator/Name" => self.activity.device = text(),
                "Activity/Lap" => {
                    let lap = std::mem::take(&mut self.lap);
                    push(&mut self.activity.laps, lap, MAX_LAPS, "laps")?;
                }
                "Activity" => self.end_activity()?,
                _ => {}
            }
        }
        Ok(())
    }
}

/// The path from the activity on, which stands elsewhere in a multisport session.
fn inside(path: &str) -> &str {
    path.strip_prefix("Activities/")
        .map(|path| path.strip_prefix("MultiSportSession/FirstSport/").unwrap_or(path))
        .map(|path| path.strip_prefix("MultiSportSession/NextSport/").unwrap_or(path))
        .unwrap_or(path)
}

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

fn read_lap(lap: &mut Lap, field: &str, text: &str) {
    let real = || number::<f64>(text).filter(|value| value.is_finite() && *value >= 0.0);
    // Whole numbers are written with a fraction by some.
    let whole = || real().map(|value| value.round() as u32);
    match field {
        "TotalTimeSeconds" => lap.duration_secs = real(),
        "DistanceMeters" => lap.distance_meters = real(),
        "Calories" => lap.calories = whole(),
        "AverageHeartRateBpm/Value" => lap.avg_heart_rate = whole().filter(|rate| *rate > 0),
        "MaximumHeartRateBpm/Value" => lap.max_heart_rate = whole().filter(|rate| *rate > 0),
        "Cadence" | "Extensions/LX/AvgRunCadence" => lap.avg_cadence = real(),
        "Extensions/LX/AvgWatts" => lap.avg_power_watts = whole(),
        _ => {}
    }
}

impl Reader {
    fn read_point(&mut self, field: &str, text: &str) {
        let real = || number::<f32>(text).filter(|value| value.is_finite());
        match field {
            "Time" => self.point.time = time(text),
            "Position/LatitudeDegrees" => self.latitude = number(text),
            "Position/LongitudeDegrees" => self.longitude = number(text),
            "AltitudeMeters" => self.point.altitude = real(),
            "DistanceMeters" => self.point.distance = real(),
            "HeartRateBpm/Value" => self.point.heart_rate = real(),
            "Cadence" | "Extensions/TPX/RunCadence" => self.point.cadence = real(),
            "Extensions/TPX/Speed" => self.point.speed = real(),
            "Extensions/TPX/Watts" => self.point.power = real(),
            _ => {}
        }
    }

    fn end_activity(&mut self) -> Result<(), Refusal> {
        let Activity { sport, id, notes, device, laps, track } = std::mem::take(&mut self.activity);
        let lap_start = laps.iter().find_map(|lap| lap.started_at);
        let start = lap_start
            .or_else(|| time(id.as_deref()?))
            .or_else(|| track.points.iter().find_map(|point| point.time));
        let Some(started_at) = start else {
            self.refusal = Some(Refusal::new(Reason::NoStartTime, "nothing tells when it began"));
            return Ok(());
        };
        let sport = sport.filter(|sport| sport != "Other");
        let session = Session {
            activity_type: Sport::of(sport.as_deref()),
            sport_raw: sport,
            started_at,
            utc_offset_minutes: None,
            title: None,
            notes,
            device,
            totals: totals(&laps, &track),
            laps,
            sets: Vec::new(),
            measured: Totals::default(),
            track,
        };
        push(&mut self.sessions, session, MAX_SESSIONS, "activities")
    }
}

fn totals(laps: &[Lap], track: &Track) -> Totals {
    let sum =
        |of: fn(&Lap) -> Option<f64>| laps.iter().filter_map(of).reduce(|sum, value| sum + value);
    // The mean of the laps, each as long as it took.
    let mean = |of: fn(&Lap) -> Option<f64>| {
        let known = laps.iter().filter_map(|lap| of(lap).zip(lap.duration_secs));
        let (sum, secs) =
            known.fold((0.0, 0.0), |(sum, secs), (value, lap)| (sum + value * lap, secs + lap));
        (secs > 0.0).then(|| sum / secs)
    };
    // The mean of all points is nearer than that of some laps, which are rounded.
    let has_rates = laps.len() > 1 && track.points.iter().any(|point| point.heart_rate.is_some());
    let heart_rate = || mean(|lap| lap.avg_heart_rate.map(f64::from));
    Totals {
        timer_secs: sum(|lap| lap.duration_secs),
        distance_meters: sum(|lap| lap.distance_meters),
        calories: sum(|lap| lap.calories.map(f64::from)),
        avg_heart_rate: if has_rates { None } else { heart_rate() },
        max_heart_rate: laps.iter().filter_map(|lap| lap.max_heart_rate).max().map(f64::from),
        avg_power_watts: mean(|lap| lap.avg_power_watts.map(f64::from)),
        avg_cadence: mean(|lap| lap.avg_cadence),
        ..Totals::default()
    }
}
