//! A record and its history.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{activities::efforts::Unit, http::rfc3339};

/// When a record fell.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
pub struct Fall {
    pub value: f64,
    pub activity_id: Uuid,
    #[serde(serialize_with = "rfc3339")]
    pub started_at: DateTime<Utc>,
}

/// What a record is of.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
pub struct Discipline {
    /// Of a sport: each has records of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("run"))]
    pub activity_type: Option<String>,
    /// Of strength.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// `longest`, `farthest`, `highest` (metres up), what `GET /activities/{id}/efforts` has, and of an exercise
    /// `one_rep_max` (an estimate), `heaviest` and `most_volume` (in one session).
    #[schema(examples("fastest_5km"))]
    pub kind: &'static str,
}

/// The best there is.
#[derive(Debug, Serialize, ToSchema)]
pub struct Record {
    #[serde(flatten)]
    pub discipline: Discipline,
    pub unit: Unit,
    #[serde(flatten)]
    pub best: Fall,
    /// Each time that it fell, the first time first, the last of them the present one.
    pub history: Vec<Fall>,
}

/// The answer of `GET /stats/records`.
#[derive(Debug, Serialize, ToSchema)]
pub struct Records {
    pub records: Vec<Record>,
}

/// Records as they are found, in the order in which they fell.
#[derive(Default)]
pub struct Book(BTreeMap<Discipline, (Unit, Vec<Fall>)>);

impl Book {
    pub fn note(&mut self, discipline: Discipline, unit: Unit, fall: Fall) {
        self.0.entry(discipline).or_insert_with(|| (unit, Vec::new())).1.push(fall);
    }

    /// Notes it if it is more than there was.
    pub fn note_if_more(&mut self, discipline: Discipline, unit: Unit, fall: Fall) {
        let before = self.0.get(&discipline).and_then(|(_, falls)| falls.last());
        if before.is_none_or(|before| fall.value > before.value) {
            self.note(discipline, unit, fall);
        }
    }

    pub fn close(self) -> Records {
        let record = |(discipline, (unit, history)): (_, (_, Vec<Fall>))| {
            Some(Record { discipline, unit, best: *history.last()?, history })
        };
        Records { records: self.0.into_iter().filter_map(record).collect() }
    }
}
