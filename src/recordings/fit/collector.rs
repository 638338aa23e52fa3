//! What is kept of the messages until all are read.

use chrono::{DateTime, TimeDelta, Utc};
use fitparser::{FitDataRecord, profile::MesgNum};

use super::{
    message::Message,
    sessions::{RawSession, raw_lap},
};
use crate::{
    activities::{ExerciseSet, Lap},
    recordings::{
        Point, Position, Reason, Recording, Refusal, Track,
        recording::{MAX_LAPS, MAX_SESSIONS, MAX_SETS, push},
    },
};

/// Timestamps below this are seconds since the device was switched on (FIT SDK, profile of `date_time`):
/// 1998-06-29.
const FIRST_ABSOLUTE: i64 = 631_065_600 + 0x1000_0000;

/// See the module.
#[derive(Default)]
pub struct Collector {
    /// Of a file that is no activity.
    other_kind: Option<String>,
    pub device: Option<String>,
    pub sessions: Vec<RawSession>,
    pub laps: Vec<Lap>,
    /// Each with its start.
    pub sets: Vec<(Option<DateTime<Utc>>, ExerciseSet)>,
    pub track: Track,
    /// From the device's clock to UTC, when it counts from its start.
    pub shift: Option<TimeDelta>,
    pub utc_offset_minutes: Option<i32>,
}

impl Collector {
    /// Whether messages of this kind are looked at.
    pub fn takes(kind: MesgNum) -> bool {
        matches!(
            kind,
            MesgNum::FileId
                | MesgNum::DeviceInfo
                | MesgNum::Event
                | MesgNum::Record
                | MesgNum::Lap
                | MesgNum::Session
                | MesgNum::Set
                | MesgNum::Activity
        )
    }

    pub fn take(&mut self, record: &FitDataRecord) -> Result<(), Refusal> {
        let message = Message(record);
        match record.kind() {
            MesgNum::FileId => self.file_id(message),
            MesgNum::DeviceInfo => self.device_info(message),
            MesgNum::Event => self.event(message),
            MesgNum::Record => self.track.push(point(message))?,
            MesgNum::Lap => push(&mut self.laps, raw_lap(message), MAX_LAPS, "laps")?,
            MesgNum::Session => {
                let session = RawSession::read(message);
                push(&mut self.sessions, session, MAX_SESSIONS, "activities")?;
            }
            MesgNum::Set => self.set(message)?,
            MesgNum::Activity => self.activity(message),
            _ => {}
        }
        Ok(())
    }

    fn file_id(&mut self, message: Message<'_>) {
        if let Some(kind) = message.text("type").filter(|kind| kind != "activity") {
            self.other_kind = Some(kind);
        }
        let name = message.text("product_name").or_else(|| {
            let product = message.text("garmin_product").or_else(|| message.text("product"))?;
            Some(format!("{} {product}", message.text("manufacturer")?))
        });
        self.device = self.device.take().or(name);
    }

    /// The device that made the file may say its name as people know it.
    fn device_info(&mut self, message: Message<'_>) {
        if message.text("device_index").is_some_and(|index| index == "creator")
            && let Some(name) = message.text("product_name")
        {
            self.device = Some(name);
        }
    }

    fn event(&mut self, message: Message<'_>) {
        let is = |field, wanted: &[&str]| {
            message.text(field).is_some_and(|text| wanted.contains(&text.as_str()))
        };
        if is("event", &["timer"]) && is("event_type", &["stop", "stop_all", "stop_disable_all"]) {
            self.track.break_off();
        }
    }

    fn set(&mut self, message: Message<'_>) -> Result<(), Refusal> {
        let duration = message.number("duration");
        if message.text("set_type").is_some_and(|kind| kind == "rest") {
            if let Some((_, last)) = self.sets.last_mut() {
                last.rest_secs = duration;
            }
            return Ok(());
        }
        let exercise = message.text("category").unwrap_or_else(|| "unknown".to_owned());
        let set = ExerciseSet {
            exercise: exercise.replace('_', " "),
            reps: message.number("repetitions").map(|reps| reps as u32),
            weight_kg: message.number("weight"),
            rpe: None,
            duration_secs: duration,
            rest_secs: None,
        };
        push(&mut self.sets, (message.time("start_time"), set), MAX_SETS, "sets")
    }

    /// The one message that knows the local time.
    fn activity(&mut self, message: Message<'_>) {
        let (Some(time), Some(local)) =
            (message.time("timestamp"), message.time("local_timestamp"))
        else {
            return;
        };
        let ahead = local - time;
        if time.timestamp() < FIRST_ABSOLUTE && local.timestamp() >= FIRST_ABSOLUTE {
            self.shift = Some(ahead);
        } else if ahead.num_minutes().abs() <= 18 * 60 {
            // The two are not always read from the clock in the same second.
            self.utc_offset_minutes = Some((ahead.num_seconds() as f64 / 60.0).round() as i32);
        }
    }

    pub fn finish(self) -> Result<Recording, Refusal> {
        let is_empty = self.sessions.is_empty() && self.track.points.is_empty();
        match self.other_kind {
            Some(kind) if is_empty || kind != "workout" => {
                let what = format!("it is a file of {}: not an activity", kind.replace('_', " "));
                Err(Refusal::new(Reason::NotAnActivity, what))
            }
            _ if is_empty => {
                Err(Refusal::new(Reason::NotAnActivity, "there is no session and no point in it"))
            }
            _ => super::sessions::divide(self),
        }
    }
}

fn point(message: Message<'_>) -> Point {
    let position = message.degrees("position_lat").zip(message.degrees("position_long"));
    let either = |one, other| message.single(one).or_else(|| message.single(other));
    let fraction = message.single("fractional_cadence").unwrap_or(0.0);
    Point {
        time: message.time("timestamp"),
        position: position.and_then(|(latitude, longitude)| Position::new(latitude, longitude)),
        altitude: either("enhanced_altitude", "altitude"),
        distance: message.single("distance"),
        speed: either("enhanced_speed", "speed"),
        heart_rate: message.single("heart_rate"),
        cadence: message.single("cadence").map(|cadence| cadence + fraction),
        power: message.single("power"),
        temperature: message.single("temperature"),
    }
}
