//! `export.xml` of Apple Health, read as a stream: it may be gigabytes long, and workouts are a
//! small part of it.
//!
//! The DTD at its start describes its elements. Since iOS 16, this DTD is broken, so it is skipped.
//! Totals are no longer attributes, but `WorkoutStatistics`.

#[cfg(test)]
mod tests;
mod values;

use std::io::{self, Read};

use chrono::{DateTime, FixedOffset, Offset};
use chrono_tz::Tz;

pub use self::values::{indoors, quantity, time};
use super::{
    Refusal, Session, Totals, Track,
    values::number,
    xml::{Attributes, MAX_EVENT, Visitor, decoded, walk_stream},
};
use crate::sport::Sport;

/// Maximum number of bytes before the root element.
const MAX_PROLOGUE: u64 = 512 * 1024;

/// A workout of the export.
#[derive(Clone, Debug)]
pub struct Workout {
    pub session: Session,
    /// Identifies the workout, which has no id.
    pub key: String,
    /// Paths of its route files in the archive, in GPX format.
    pub routes: Vec<String>,
}

/// Maximum number of route files per workout.
const MAX_ROUTES: usize = 100;

/// Maps kinds of distance to sports. Other kinds were measured in addition.
const DISTANCES: [(&str, &[&str]); 8] = [
    ("WalkingRunning", &["run", "trail_run", "treadmill_run", "walk", "hike"]),
    (
        "Cycling",
        &[
            "cycle",
            "indoor_cycle",
            "mountain_bike",
            "gravel_cycle",
            "e_bike",
            "hand_cycle",
            "virtual_cycle",
        ],
    ),
    ("Swimming", &["swim", "open_water_swim"]),
    ("DownhillSnowSports", &["alpine_ski", "snowboard"]),
    ("CrossCountrySkiing", &["cross_country_ski", "backcountry_ski"]),
    ("PaddleSports", &["paddle", "stand_up_paddle"]),
    ("Rowing", &["row"]),
    ("SkatingSports", &["ice_skate", "inline_skate"]),
];

/// Why reading ended.
pub enum Broken<S> {
    File(Refusal),
    Reader(S),
}

impl<S> From<Refusal> for Broken<S> {
    fn from(refusal: Refusal) -> Self {
        Self::File(refusal)
    }
}

/// Passes every workout to `each`, one at a time.
pub fn read<S>(
    mut source: impl Read,
    each: impl FnMut(Workout) -> Result<(), S>,
) -> Result<(), Broken<S>> {
    let prologue = prologue(&mut source).map_err(Refusal::malformed)?;
    let text = decoded(&prologue, source);
    match walk_stream(text, MAX_EVENT, &mut Reader { each, workout: None })? {
        Some(damage) => Err(damage.into()),
        None => Ok(()),
    }
}

/// Returns the start of the document without the DTD.
fn prologue(source: &mut impl Read) -> io::Result<Vec<u8>> {
    let mut head = Vec::new();
    source.take(MAX_PROLOGUE).read_to_end(&mut head)?;
    let find = |wanted: &[u8], from: usize| {
        let found = head.get(from..)?.windows(wanted.len()).position(|part| part == wanted)?;
        Some(from + found)
    };
    if let Some(start) = find(b"<!DOCTYPE", 0)
        && let Some(end) = find(b"]>", start)
    {
        head.drain(start..end + 2);
    }
    Ok(head)
}

struct Reader<F> {
    each: F,
    workout: Option<Started>,
}

/// The workout that is being read.
struct Started {
    kind: String,
    source: String,
    start: DateTime<FixedOffset>,
    end: DateTime<FixedOffset>,
    totals: Totals,
    /// By kind, in metres.
    distances: Vec<(String, f64)>,
    is_indoor: bool,
    /// Time zone of the workout. All times of an export have the offset of the place of the export.
    zone: Option<Tz>,
    routes: Vec<String>,
}

impl<S, F: FnMut(Workout) -> Result<(), S>> Visitor for Reader<F> {
    type Error = Broken<S>;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Broken<S>> {
        let Some(inside) = path.strip_prefix("HealthData/Workout") else { return Ok(()) };
        if inside.is_empty() {
            self.workout = Started::read(attributes);
        } else if let Some(workout) = &mut self.workout {
            match inside {
                // Those of a WorkoutActivity repeat them.
                "/WorkoutStatistics" => workout.statistics(attributes),
                "/MetadataEntry" => workout.metadata(attributes),
                "/WorkoutRoute/FileReference" if workout.routes.len() < MAX_ROUTES => {
                    workout.routes.extend(attributes.get("path"));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn close(&mut self, path: &str, _: &str) -> Result<(), Broken<S>> {
        if path == "HealthData/Workout"
            && let Some(workout) = self.workout.take()
        {
            (self.each)(workout.finish()).map_err(Broken::Reader)?;
        }
        Ok(())
    }
}

impl Started {
    fn read(attributes: &Attributes<'_>) -> Option<Self> {
        let total = |name: &str, unit: &str| {
            quantity(number(&attributes.get(name)?)?, &attributes.get(unit)?)
        };
        let (start, end) = (attributes.get("startDate")?, attributes.get("endDate")?);
        Some(Self {
            kind: attributes.get("workoutActivityType")?,
            source: attributes.get("sourceName").unwrap_or_default(),
            start: time(&start)?,
            end: time(&end)?,
            totals: Totals {
                timer_secs: total("duration", "durationUnit"),
                distance_meters: total("totalDistance", "totalDistanceUnit"),
                calories: total("totalEnergyBurned", "totalEnergyBurnedUnit"),
                ..Totals::default()
            },
            distances: Vec::new(),
            is_indoor: false,
            zone: None,
            routes: Vec::new(),
        })
    }

    fn statistics(&mut self, attributes: &Attributes<'_>) {
        let (Some(kind), Some(unit)) = (attributes.get("type"), attributes.get("unit")) else {
            return;
        };
        let amount = |name: &str| quantity(number(&attributes.get(name)?)?, &unit);
        let kind = kind.trim_start_matches("HKQuantityTypeIdentifier");
        match kind {
            // Basal energy is not counted: it is also used during sleep.
            "ActiveEnergyBurned" => self.totals.calories = amount("sum").or(self.totals.calories),
            "HeartRate" => {
                self.totals.avg_heart_rate = amount("average");
                self.totals.max_heart_rate = amount("maximum");
            }
            "RunningPower" | "CyclingPower" => {
                self.totals.avg_power_watts =
                    attributes.get("average").and_then(|text| number(&text));
            }
            _ => {
                if let Some(kind) = kind.strip_prefix("Distance")
                    && let Some(metres) = amount("sum").filter(|metres| *metres > 0.0)
                {
                    self.distances.push((kind.to_owned(), metres));
                }
            }
        }
    }

    /// Returns the distance of the sport if there is one, else the attribute, else the largest
    /// distance of other sports.
    fn distance(&self, activity_type: &str) -> Option<f64> {
        let metres = || self.distances.iter().map(|(_, metres)| *metres);
        if activity_type == "multisport" && !self.distances.is_empty() {
            return Some(metres().sum());
        }
        let is_its = |kind: &str| {
            DISTANCES.iter().any(|(known, types)| *known == kind && types.contains(&activity_type))
        };
        let of_sport = self.distances.iter().find(|(kind, _)| is_its(kind));
        let of_sport = of_sport.map(|(_, metres)| *metres);
        of_sport.or(self.totals.distance_meters).or_else(|| metres().reduce(f64::max))
    }

    fn metadata(&mut self, attributes: &Attributes<'_>) {
        let Some(value) = attributes.get("value") else { return };
        match attributes.get("key").as_deref() {
            Some("HKIndoorWorkout") => self.is_indoor = value == "1",
            Some("HKTimeZone") => self.zone = value.trim().parse().ok(),
            Some("HKElevationAscended") => {
                let parts = value.split_once(' ');
                self.totals.elevation_gain_meters =
                    parts.and_then(|(value, unit)| quantity(number(value)?, unit));
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Workout {
        self.totals.elapsed_secs = Some((self.end - self.start).as_seconds_f64().max(0.0));
        let (start, end) = (self.start.to_utc(), self.end.to_utc());
        let key = format!("{}|{start}|{end}|{}", self.kind, self.source);
        let activity_type = indoors(Sport::of(Some(&self.kind)), self.is_indoor);
        self.totals.distance_meters = self.distance(activity_type);
        let there = self.zone.map(|zone| self.start.with_timezone(&zone).offset().fix());
        let offset = there.unwrap_or(*self.start.offset());
        let session = Session {
            activity_type,
            sport_raw: Some(self.kind),
            started_at: start,
            utc_offset_minutes: Some(offset.local_minus_utc() / 60),
            title: None,
            notes: None,
            device: Some(self.source).filter(|source| !source.is_empty()),
            totals: self.totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: Track::default(),
        };
        Workout { session, key, routes: self.routes }
    }
}
