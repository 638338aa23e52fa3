//! The kinds of effort to search for.

use derive_more::Display;
use serde::Serialize;
use utoipa::ToSchema;

/// The unit of an effort or a record.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Serialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = EffortUnit)]
pub enum Unit {
    Seconds,
    Watts,
    Metres,
    Kilograms,
}

/// The task of an effort.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Task {
    /// Cover this many metres in the shortest time.
    Distance(f64),
    /// Hold the highest average power for this many seconds.
    Power(f64),
}

/// A task with its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EffortKind {
    pub name: &'static str,
    pub task: Task,
}

const fn fastest(name: &'static str, metres: f64) -> EffortKind {
    EffortKind { name, task: Task::Distance(metres) }
}

const fn power(name: &'static str, minutes: f64) -> EffortKind {
    EffortKind { name, task: Task::Power(minutes * 60.0) }
}

impl EffortKind {
    pub const ALL: [Self; 13] = [
        fastest("fastest_400m", 400.0),
        fastest("fastest_1km", 1000.0),
        fastest("fastest_mile", 1609.344),
        fastest("fastest_5km", 5000.0),
        fastest("fastest_10km", 10_000.0),
        fastest("fastest_half_marathon", 21_097.5),
        fastest("fastest_marathon", 42_195.0),
        power("power_1min", 1.0),
        power("power_5min", 5.0),
        power("power_10min", 10.0),
        power("power_20min", 20.0),
        power("power_30min", 30.0),
        power("power_60min", 60.0),
    ];

    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name == name)
    }

    /// A score for comparing values: higher is better.
    pub fn score(self, value: f64) -> f64 {
        match self.task {
            Task::Distance(_) => -value,
            Task::Power(_) => value,
        }
    }

    pub fn unit(self) -> Unit {
        match self.task {
            Task::Distance(_) => Unit::Seconds,
            Task::Power(_) => Unit::Watts,
        }
    }
}
