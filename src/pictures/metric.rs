//! The metrics of days and weeks.

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::drawing::{Units, words};
use crate::stats::days::Totals;

/// The total that a picture shows.
#[derive(
    Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema,
)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = PictureMetric, rename_all = "lowercase")]
pub enum Metric {
    #[default]
    Duration,
    Distance,
    Activities,
}

impl Metric {
    /// Returns the total in seconds, metres or activities.
    pub fn of(self, totals: &Totals) -> f64 {
        match self {
            Self::Duration => totals.duration_secs as f64,
            Self::Distance => totals.distance_meters,
            Self::Activities => totals.activities as f64,
        }
    }

    /// Formats a value with its unit: `5 h 12 min`, `12.34 km`, `3 activities`.
    pub fn label(self, value: f64, units: Units) -> String {
        match self {
            Self::Duration => words::duration(value as i64),
            Self::Distance => units.distance(value),
            Self::Activities => words::count(value as i64, "activity", "activities"),
        }
    }

    /// Says what was done, and how much: `Run: 52 min`. Without sports, `Activities: 52 min`.
    pub fn headline(self, types: &[String], totals: &Totals, units: Units) -> String {
        let amount = self.label(self.of(totals), units);
        match sports_in_words(types) {
            sports if !sports.is_empty() => format!("{sports}: {amount}"),
            _ if self == Self::Activities => amount,
            _ => format!("Activities: {amount}"),
        }
    }

    /// Returns how days or weeks are compared, in words: `by duration`.
    pub fn by(self) -> String {
        format!(
            "by {}",
            if self == Self::Activities {
                "number of activities".to_owned()
            } else {
                self.to_string()
            }
        )
    }

    /// Returns the size of the axis unit (an hour, a kilometre or mile, an activity) and its
    /// symbol.
    pub fn unit(self, units: Units) -> (f64, &'static str) {
        match self {
            Self::Duration => (3600.0, " h"),
            Self::Distance => (units.long().0, if units == Units::Metric { " km" } else { " mi" }),
            Self::Activities => (1.0, ""),
        }
    }
}

/// Describes totals: `412 activities`, plus duration and distance if they are not zero.
pub fn totals_in_words(totals: &Totals, units: Units) -> Vec<String> {
    let mut words = vec![Metric::Activities.label(totals.activities as f64, units)];
    if totals.duration_secs > 0 {
        words.push(words::duration(totals.duration_secs));
    }
    if totals.distance_meters > 0.0 {
        words.push(units.distance(totals.distance_meters));
    }
    words
}

/// Adds the totals of days or weeks.
pub fn sum<'a>(all: impl Iterator<Item = &'a Totals>) -> Totals {
    all.fold(Totals::default(), |sum, totals| Totals {
        activities: sum.activities + totals.activities,
        active_days: sum.active_days + totals.active_days,
        duration_secs: sum.duration_secs + totals.duration_secs,
        distance_meters: sum.distance_meters + totals.distance_meters,
        elevation_gain_meters: sum.elevation_gain_meters + totals.elevation_gain_meters,
        calories: sum.calories + totals.calories,
    })
}

/// Names the selected sports. Empty for all sports.
pub fn sports_in_words(types: &[String]) -> String {
    let names: Vec<String> =
        types.iter().take(3).map(|kind| super::subject::sport_in_words(kind)).collect();
    let more = if types.len() > names.len() { " …" } else { "" };
    format!("{}{more}", names.join(", "))
}
