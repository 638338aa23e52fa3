//! Apple Health's `export.xml`, as a stream: it may have gigabytes, of which workouts are a small part.
//!
//! Its elements are described in the DTD that it begins with. Since iOS 16 that one is broken, so it is skipped
//! unread; and totals are no attributes any more, but `WorkoutStatistics`.

use std::io::{self, BufRead, Read};

use chrono::{DateTime, FixedOffset};

use super::{
    Refusal, Session, Totals, Track,
    xml::{Attributes, Visitor, walk},
};
use crate::activities::Sport;

/// What may come before the root.
const MAX_PROLOGUE: u64 = 512 * 1024;

/// A workout.
#[derive(Clone, Debug)]
pub struct Workout {
    pub session: Session,
    /// What makes it this one: it has no id.
    pub key: String,
    /// Where in the archive its route is, as GPX.
    pub route: Option<String>,
}

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

/// Gives every workout to `each`, one after the other.
pub fn read<S>(
    mut source: impl BufRead,
    each: impl FnMut(Workout) -> Result<(), S>,
) -> Result<(), Broken<S>> {
    let prologue = prologue(&mut source).map_err(Refusal::malformed)?;
    walk(prologue.chain(source), &mut Reader { each, workout: None })
}

/// The beginning without the DTD.
fn prologue(source: &mut impl Read) -> io::Result<io::Cursor<Vec<u8>>> {
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
    Ok(io::Cursor::new(head))
}

struct Reader<F> {
    each: F,
    workout: Option<Started>,
}

/// A workout that is being read.
struct Started {
    kind: String,
    source: String,
    start: DateTime<FixedOffset>,
    end: DateTime<FixedOffset>,
    totals: Totals,
    is_indoor: bool,
    route: Option<String>,
}

impl<S, F: FnMut(Workout) -> Result<(), S>> Visitor for Reader<F> {
    type Error = Broken<S>;

    fn open(&mut self, path: &str, attributes: &Attributes<'_>) -> Result<(), Broken<S>> {
        let Some(inside) = path.strip_prefix("HealthData/Workout") else { return Ok(()) };
        if inside.is_empty() {
            self.workout = Started::read(attributes);
        } else if let Some(workout) = &mut self.workout {
            match inside {
                // Those of a WorkoutActivity say the same once more.
                "/WorkoutStatistics" => workout.statistics(attributes),
                "/MetadataEntry" => workout.metadata(attributes),
                "/WorkoutRoute/FileReference" => workout.route = attributes.get("path"),
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

/// Apple's `2024-05-04 08:00:00 +0200`, with the clock that the phone is set to (`8:00:00 a.m.`),
/// or ISO 8601.
pub fn time(text: &str) -> Option<DateTime<FixedOffset>> {
    let plain = |text: &str| DateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S %z").ok();
    plain(text.trim()).or_else(|| {
        // Phones write spaces of many kinds (U+202F), and digits of their language.
        let latin: String = text.chars().map(latin_digit).collect();
        let words: Vec<_> = latin.split_whitespace().collect();
        let text = words.join(" ").to_ascii_lowercase().replace("a.m.", "am").replace("p.m.", "pm");
        let forms =
            ["%Y-%m-%d %H:%M:%S%.f %z", "%Y-%m-%d %I:%M:%S %p %z", "%Y-%m-%dt%H:%M:%S%.f%#z"];
        forms.into_iter().find_map(|form| DateTime::parse_from_str(&text, form).ok())
    })
}

/// Arabic and Persian digits as the others have them.
fn latin_digit(c: char) -> char {
    let digit = match c {
        '\u{660}'..='\u{669}' => u32::from(c) - 0x660,
        '\u{6f0}'..='\u{6f9}' => u32::from(c) - 0x6f0,
        _ => return c,
    };
    char::from_digit(digit, 10).unwrap_or(c)
}

/// A quantity in metres, seconds or kilocalories, whatever its unit is and however that is spelled.
/// Only a large calorie (`Cal`) needs its capital.
pub fn quantity(value: f64, unit: &str) -> Option<f64> {
    let factor = match unit.trim() {
        "Cal" | "CAL" => 1.0,
        unit => match unit.to_ascii_lowercase().as_str() {
            "m" | "s" | "sec" | "kcal" | "count/min" | "bpm" => 1.0,
            "km" => 1000.0,
            "mi" => 1609.344,
            "ft" => 0.3048,
            "yd" => 0.9144,
            "cm" => 0.01,
            "min" => 60.0,
            "hr" | "h" => 3600.0,
            "kj" => 1.0 / 4.184,
            "cal" => 0.001,
            _ => return None,
        },
    };
    Some(value * factor).filter(|value| value.is_finite())
}

impl Started {
    fn read(attributes: &Attributes<'_>) -> Option<Self> {
        let number = |name: &str, unit: &str| {
            quantity(attributes.get(name)?.parse().ok()?, &attributes.get(unit)?)
        };
        let (start, end) = (attributes.get("startDate")?, attributes.get("endDate")?);
        Some(Self {
            kind: attributes.get("workoutActivityType")?,
            source: attributes.get("sourceName").unwrap_or_default(),
            start: time(&start)?,
            end: time(&end)?,
            totals: Totals {
                timer_secs: number("duration", "durationUnit"),
                distance_meters: number("totalDistance", "totalDistanceUnit"),
                calories: number("totalEnergyBurned", "totalEnergyBurnedUnit"),
                ..Totals::default()
            },
            is_indoor: false,
            route: None,
        })
    }

    fn statistics(&mut self, attributes: &Attributes<'_>) {
        let (Some(kind), Some(unit)) = (attributes.get("type"), attributes.get("unit")) else {
            return;
        };
        let number = |name: &str| quantity(attributes.get(name)?.parse().ok()?, &unit);
        match kind.trim_start_matches("HKQuantityTypeIdentifier") {
            // Basal energy is what one burns asleep, too.
            "ActiveEnergyBurned" => self.totals.calories = number("sum"),
            kind if kind.starts_with("Distance") => {
                // A triathlon has one for each sport.
                let known = self.totals.distance_meters.unwrap_or(0.0);
                self.totals.distance_meters = number("sum").map(|more| known + more);
            }
            "HeartRate" => {
                self.totals.avg_heart_rate = number("average");
                self.totals.max_heart_rate = number("maximum");
            }
            "RunningPower" | "CyclingPower" => {
                self.totals.avg_power_watts =
                    attributes.get("average").and_then(|text| text.parse().ok());
            }
            _ => {}
        }
    }

    fn metadata(&mut self, attributes: &Attributes<'_>) {
        let Some(value) = attributes.get("value") else { return };
        match attributes.get("key").as_deref() {
            Some("HKIndoorWorkout") => self.is_indoor = value == "1",
            Some("HKElevationAscended") => {
                let parts = value.split_once(' ');
                self.totals.elevation_gain_meters =
                    parts.and_then(|(value, unit)| quantity(value.parse().ok()?, unit));
            }
            _ => {}
        }
    }

    fn finish(mut self) -> Workout {
        self.totals.elapsed_secs = Some((self.end - self.start).as_seconds_f64().max(0.0));
        let (start, end) = (self.start.to_utc(), self.end.to_utc());
        let key = format!("{}|{start}|{end}|{}", self.kind, self.source);
        let session = Session {
            activity_type: indoors(Sport::of(Some(&self.kind)), self.is_indoor),
            sport_raw: Some(self.kind),
            started_at: start,
            utc_offset_minutes: Some(self.start.offset().local_minus_utc() / 60),
            title: None,
            notes: None,
            device: Some(self.source).filter(|source| !source.is_empty()),
            totals: self.totals,
            laps: Vec::new(),
            sets: Vec::new(),
            measured: Totals::default(),
            track: Track::default(),
        };
        Workout { session, key, route: self.route }
    }
}

/// What a kind of sport is called under a roof.
pub fn indoors(activity_type: &'static str, is_indoor: bool) -> &'static str {
    match activity_type {
        "run" if is_indoor => "treadmill_run",
        "cycle" if is_indoor => "indoor_cycle",
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_phones_write_them() {
        for text in [
            "2026-05-04 08:00:00 +0200",
            " 2026-05-04 8:00:00 AM +0200",
            "2026-05-04 8:00:00\u{202f}AM +0200",
            "2026-05-04 08:00:00\u{a0}a.m. +0200",
            "2026-05-04 08:00:00.000 +02:00",
            "2026-05-04T08:00:00+02:00",
            "2026-05-04T08:00:00.000+0200",
            "2026-05-04T06:00:00Z",
            "\u{662}\u{660}\u{662}\u{666}-05-04 08:00:00 +0200",
        ] {
            let read = time(text).map(|time| time.timestamp());
            assert_eq!(read, Some(1_777_874_400), "{text}");
        }
        let noon = |text: &str| time(text).unwrap().to_utc().to_string();
        assert_eq!(noon("2026-05-04 12:00:00 pm +0000"), "2026-05-04 12:00:00 UTC");
        assert_eq!(noon("2026-05-04 12:00:00 A.M. +0000"), "2026-05-04 00:00:00 UTC");
        for odd in ["", "2026-05-04", "2026-05-04 08:00:00", "2026-05-04 13:00:00 pm +0200", "now"]
        {
            assert_eq!(time(odd), None, "{odd}");
        }
    }

    #[test]
    fn units_are_known_by_their_letters() {
        for (unit, expected) in [
            ("KM", Some(1000.0)),
            ("Mi", Some(1609.344)),
            ("yd", Some(0.9144)),
            ("kCal", Some(1.0)),
            ("Cal", Some(1.0)),
            ("cal", Some(0.001)),
            ("KJ", Some(1.0 / 4.184)),
            (" m ", Some(1.0)),
            ("", None),
            ("furlong", None),
        ] {
            assert_eq!(quantity(1.0, unit), expected, "{unit}");
        }
        assert_eq!(quantity(f64::MAX, "km"), None);
    }
}
