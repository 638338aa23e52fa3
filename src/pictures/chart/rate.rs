//! Speed or pace, in the unit that is customary in each sport.

use crate::pictures::drawing::{Units, words};

/// Slower than this, in metres per second, is standing still. It equals a pace of about two hours
/// per kilometre.
const STANDING: f64 = 0.14;

/// The unit of speed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rate {
    /// Time per kilometre or mile.
    Pace,
    /// Time per 100 metres or yards.
    SwimPace,
    /// Kilometres or miles per hour.
    Speed,
}

impl Rate {
    pub fn of(activity_type: &str) -> Self {
        const ON_FOOT: [&str; 5] = ["run", "walk", "hike", "snowshoe", "cross_country_ski"];
        if activity_type.ends_with("swim") {
            Self::SwimPace
        } else if ON_FOOT.iter().any(|kind| activity_type.ends_with(kind)) {
            Self::Pace
        } else {
            Self::Speed
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Pace | Self::SwimPace => "Pace",
            Self::Speed => "Speed",
        }
    }

    pub fn unit(self, units: Units) -> &'static str {
        match (self, units) {
            (Self::Pace, Units::Metric) => "/km",
            (Self::Pace, Units::Imperial) => "/mi",
            (Self::SwimPace, Units::Metric) => "/100 m",
            (Self::SwimPace, Units::Imperial) => "/100 yd",
            (Self::Speed, Units::Metric) => "km/h",
            (Self::Speed, Units::Imperial) => "mph",
        }
    }

    /// Converts metres per second to seconds per unit, or to units per hour.
    pub fn value(self, speed: f64, units: Units) -> f64 {
        match self {
            Self::Pace => units.long().0 / speed.max(STANDING),
            Self::SwimPace => 100.0 * units.pool().0 / speed.max(STANDING),
            Self::Speed => speed * 3600.0 / units.long().0,
        }
    }

    /// Returns whether a smaller value is faster.
    pub fn is_time(self) -> bool {
        self != Self::Speed
    }

    pub fn label(self, value: f64) -> String {
        if self.is_time() { words::clock(value) } else { format!("{value:.1}") }
    }
}
