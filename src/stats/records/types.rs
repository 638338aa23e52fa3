//! Records and their history.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{activities::efforts::Unit, http::rfc3339};

/// A value that set a record.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = PersonalRecordEntry)]
pub struct Fall {
    pub value: f64,
    pub activity_id: Uuid,
    #[serde(serialize_with = "rfc3339")]
    pub started_at: DateTime<Utc>,
}

/// What a record is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[schema(as = PersonalRecordKey)]
pub struct Discipline {
    /// The sport, for a record of a sport. Each sport has separate records.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("run"))]
    pub activity_type: Option<String>,
    /// The exercise, for a record of strength training.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exercise: Option<String>,
    /// `longest`, `farthest`, `highest` (elevation gain) or a kind of
    /// `GET /activities/{id}/efforts`. For an exercise: `one_rep_max` (an estimate), `heaviest` or
    /// `most_volume` (in one session).
    #[schema(examples("fastest_5km"))]
    pub kind: &'static str,
}

/// A current record.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalRecord)]
pub struct Record {
    #[serde(flatten)]
    pub discipline: Discipline,
    pub unit: Unit,
    #[serde(flatten)]
    pub best: Fall,
    /// Each time the record was broken, oldest first. The last entry is the current record.
    pub history: Vec<Fall>,
}

/// The answer of `GET /stats/records`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PersonalRecords)]
pub struct Records {
    pub records: Vec<Record>,
}

/// Collects records in the order in which they were set.
#[derive(Default)]
pub struct Book(BTreeMap<Discipline, (Unit, Vec<Fall>)>);

impl Book {
    pub fn note(&mut self, discipline: Discipline, unit: Unit, fall: Fall) {
        self.0.entry(discipline).or_insert_with(|| (unit, Vec::new())).1.push(fall);
    }

    /// Adds the value if it is greater than the current record.
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
