//! Collects a file's messages until all are read.

use chrono::{DateTime, Utc};
use fitparser::profile::FieldDataType;

use super::{
    clock::Clock,
    heart_rates::HeartRates,
    laps::RawLap,
    lengths::RawLength,
    message::Message,
    points::Points,
    profile,
    raw::{RawSession, sport},
};
use crate::{
    recordings::{
        Refusal,
        recording::{MAX_LAPS, MAX_SESSIONS, MAX_SETS, push},
    },
    sport::ExerciseSet,
};

/// More than a day of swimming.
const MAX_LENGTHS: usize = 100_000;

/// The collected messages of a file.
#[derive(Default)]
pub struct Collector {
    /// The kind of file, according to its first message.
    pub kind: Option<String>,
    pub has_id: bool,
    /// Whether the last messages are missing.
    pub is_cut_off: bool,
    pub created_at: Option<DateTime<Utc>>,
    pub device: Option<String>,
    pub sessions: Vec<RawSession>,
    pub laps: Vec<RawLap>,
    /// The sets and their starts.
    pub sets: Vec<(Option<DateTime<Utc>>, ExerciseSet)>,
    pub lengths: Vec<RawLength>,
    pub points: Points,
    pub heart_rates: HeartRates,
    pub clock: Clock,
    /// The sport selected on the device, and the user's name for this selection.
    pub sport: Option<String>,
    pub profile: Option<String>,
    /// Name of the workout that was followed.
    pub workout: Option<String>,
}

impl Collector {
    pub fn take(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        match message.kind() {
            profile::RECORD => self.points.record(message)?,
            profile::EVENT => self.points.event(message)?,
            profile::HR => self.heart_rates.take(message)?,
            profile::LAP => self.lap(RawLap::read(message))?,
            profile::LENGTH => {
                push(&mut self.lengths, RawLength::read(message), MAX_LENGTHS, "lengths")?;
            }
            profile::SESSION => {
                let session = RawSession::read(message);
                if !self.sessions.iter().any(|known| session.is_copy_of(known)) {
                    push(&mut self.sessions, session, MAX_SESSIONS, "activities")?;
                }
            }
            profile::SET => self.set(message)?,
            profile::FILE_ID => self.file_id(message),
            profile::DEVICE_INFO => self.device_info(message),
            profile::SPORT => {
                self.sport = sport(message, 0, 1).or(self.sport.take());
                self.profile = message.text(3).or(self.profile.take());
            }
            profile::WORKOUT => {
                self.workout = message.text(8).or(self.workout.take());
                self.sport = self.sport.take().or_else(|| sport(message, 4, 11));
            }
            _ => self.clock.take(message),
        }
        Ok(())
    }

    fn file_id(&mut self, message: &Message<'_>) {
        self.has_id = true;
        self.kind = message.name(0, FieldDataType::File).or(self.kind.take());
        self.created_at = message.time(4).or(self.created_at);
        let name = message.text(8).or_else(|| product(message));
        self.device = self.device.take().or(name);
    }

    /// Reads the product name of the device that created the file.
    fn device_info(&mut self, message: &Message<'_>) {
        const CREATOR: f64 = 0.0;
        if message.raw(0) == Some(CREATOR)
            && let Some(name) = message.text(27)
        {
            self.device = Some(name);
        }
    }

    fn set(&mut self, message: &Message<'_>) -> Result<(), Refusal> {
        const REST: f64 = 0.0;
        let duration = message.number((0, 1000.0, 0.0));
        if message.raw(5) == Some(REST) {
            if let Some((_, last)) = self.sets.last_mut() {
                last.rest_secs = duration;
            }
            return Ok(());
        }
        let exercise = message.name(7, FieldDataType::ExerciseCategory);
        let set = ExerciseSet {
            exercise: exercise.unwrap_or_else(|| "unknown".to_owned()).replace('_', " "),
            reps: message.raw(3).map(|reps| reps as u32),
            weight_kg: message.number((4, 16.0, 0.0)),
            rpe: None,
            duration_secs: duration,
            rest_secs: None,
        };
        push(&mut self.sets, (message.time(6), set), MAX_SETS, "sets")
    }

    pub fn is_empty(&self) -> bool {
        self.sessions.is_empty() && self.points.is_empty()
    }

    /// Returns the kind of a file that is not an activity.
    pub fn other_kind(&self) -> Option<&str> {
        // A planned workout has neither a session nor a point. Some devices write this kind for a
        // completed workout.
        let is_activity = |kind: &str| match kind {
            "activity" | "activity_summary" => true,
            // A number is a manufacturer's own kind.
            kind => !self.is_empty() && (kind == "workout" || kind.parse::<u32>().is_ok()),
        };
        self.kind.as_deref().filter(|kind| !is_activity(kind))
    }

    /// Adds the messages of a continuation. The heart rates of a strap come in separate files.
    pub fn absorb(&mut self, other: Self) -> Result<(), Refusal> {
        self.is_cut_off |= other.is_cut_off;
        self.heart_rates.absorb(other.heart_rates)?;
        self.points.absorb(other.points)?;
        other.laps.into_iter().try_for_each(|lap| self.lap(lap))
    }

    /// Adds a lap, unless it repeats a known one.
    fn lap(&mut self, lap: RawLap) -> Result<(), Refusal> {
        if self.laps.iter().any(|known| lap.is_copy_of(known)) {
            return Ok(());
        }
        push(&mut self.laps, lap, MAX_LAPS, "laps")
    }
}

/// Returns the manufacturer and its name for the device.
fn product(message: &Message<'_>) -> Option<String> {
    let maker = message.name(1, FieldDataType::Manufacturer)?;
    let products = match maker.as_str() {
        "garmin" | "dynastream" | "dynastream_oem" | "tacx" => FieldDataType::GarminProduct,
        "favero_electronics" => FieldDataType::FaveroProduct,
        // The products of other manufacturers are numbers.
        _ => FieldDataType::UInt16,
    };
    Some(format!("{maker} {}", message.name(2, products)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_of_a_kind_that_is_no_activity_is_named() {
        let of = |kind: &str| {
            let collector = Collector { kind: Some(kind.to_owned()), ..Collector::default() };
            collector.other_kind().map(str::to_owned)
        };
        assert_eq!(of("activity"), None);
        assert_eq!(of("settings").as_deref(), Some("settings"));
        assert_eq!(of("workout").as_deref(), Some("workout"));
        assert_eq!(of("44").as_deref(), Some("44"));
    }

    /// The reader relies on these names, which come from the crate.
    #[test]
    fn makers_with_products_of_their_own_have_these_names() {
        for (number, name) in
            [(1, "garmin"), (15, "dynastream"), (89, "tacx"), (263, "favero_electronics")]
        {
            assert_eq!(
                fitparser::profile::get_field_variant_as_string(
                    FieldDataType::Manufacturer,
                    number
                ),
                name
            );
        }
    }
}
