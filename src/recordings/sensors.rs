//! Names of sensors in extensions: those of all versions of Garmin's, of Cluetrust, Strava and
//! OsmAnd, and of programs with their own names.

use super::Point;

/// A quantity measured along a track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sensor {
    HeartRate,
    Cadence,
    Power,
    Temperature,
    Speed,
}

/// Lower-case names, letters only.
const NAMES: [(&str, Sensor); 22] = [
    ("hr", Sensor::HeartRate),
    ("heartrate", Sensor::HeartRate),
    ("heartratebpm", Sensor::HeartRate),
    ("bpm", Sensor::HeartRate),
    ("pulse", Sensor::HeartRate),
    ("cad", Sensor::Cadence),
    ("cadence", Sensor::Cadence),
    ("runcadence", Sensor::Cadence),
    ("runningcadence", Sensor::Cadence),
    ("bikecadence", Sensor::Cadence),
    ("power", Sensor::Power),
    ("powerinwatts", Sensor::Power),
    ("watts", Sensor::Power),
    ("watt", Sensor::Power),
    ("bikepower", Sensor::Power),
    ("runningpower", Sensor::Power),
    ("atemp", Sensor::Temperature),
    ("temp", Sensor::Temperature),
    ("temperature", Sensor::Temperature),
    ("airtemp", Sensor::Temperature),
    ("wtemp", Sensor::Temperature),
    ("speed", Sensor::Speed),
];

impl Sensor {
    /// Finds a sensor by the local name of an element. Case and punctuation do not matter.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            // Fast path for the names in nearly all files.
            "hr" => Some(Self::HeartRate),
            "cad" => Some(Self::Cadence),
            "atemp" => Some(Self::Temperature),
            "extensions" | "TrackPointExtension" | "TPX" => None,
            _ => {
                let letters = || name.bytes().filter(u8::is_ascii_alphabetic);
                let is_it =
                    |known: &str| letters().map(|c| c.to_ascii_lowercase()).eq(known.bytes());
                NAMES.iter().find(|(known, _)| is_it(known)).map(|(_, sensor)| *sensor)
            }
        }
    }

    /// Sets a point's value unless it already has one.
    pub fn set(self, point: &mut Point, value: f32) {
        let field = match self {
            Self::HeartRate => &mut point.heart_rate,
            Self::Cadence => &mut point.cadence,
            Self::Power => &mut point.power,
            Self::Temperature => &mut point.temperature,
            Self::Speed => &mut point.speed,
        };
        field.get_or_insert(value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sensors_are_known_by_all_their_names() {
        for (name, expected) in [
            ("hr", Some(Sensor::HeartRate)),
            ("heartRate", Some(Sensor::HeartRate)),
            ("heart_rate", Some(Sensor::HeartRate)),
            ("Heart Rate", Some(Sensor::HeartRate)),
            ("HeartRateBpm", Some(Sensor::HeartRate)),
            ("Cadence", Some(Sensor::Cadence)),
            ("RunCadence", Some(Sensor::Cadence)),
            ("PowerInWatts", Some(Sensor::Power)),
            ("Watts", Some(Sensor::Power)),
            ("Temperature", Some(Sensor::Temperature)),
            ("speed", Some(Sensor::Speed)),
            ("TrackPointExtension", None),
            ("hrv", None),
            ("temps", None),
            ("", None),
        ] {
            assert_eq!(Sensor::named(name), expected, "{name}");
        }
    }
}
