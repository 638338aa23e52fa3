//! A takeout as its owner sees it.

use chrono::{DateTime, TimeDelta, Utc};
use derive_more::FromStr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::takeouts;

/// How long they can be downloaded.
pub const KEPT_DAYS: i32 = 7;

/// Where it is.
#[derive(Clone, Copy, Debug, FromStr, PartialEq, Eq, Serialize, ToSchema)]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = TakeoutStatus)]
pub enum Status {
    Waiting,
    Running,
    /// It can be downloaded.
    Done,
    /// It was given up; ask again.
    Failed,
}

/// A takeout as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = takeouts)]
pub struct Takeout {
    pub id: Uuid,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub found: i64,
    pub done: i64,
    pub bytes: i64,
}

/// The answer of `GET /me/export`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Takeout)]
pub struct Standing {
    #[schema(value_type = Status)]
    pub status: String,
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// From 0 to 1.
    pub progress: f64,
    /// Of the zip, once it is `done`.
    #[schema(required)]
    pub bytes: Option<i64>,
    /// Until then it can be downloaded.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl Takeout {
    pub fn is_done(&self) -> bool {
        self.status.parse() == Ok(Status::Done)
    }
}

impl From<Takeout> for Standing {
    fn from(takeout: Takeout) -> Self {
        let is_done = takeout.is_done();
        let progress = match (is_done, takeout.found) {
            (true, _) => 1.0,
            (false, 0) => 0.0,
            (false, found) => (takeout.done as f64 / found as f64).min(1.0),
        };
        let kept = TimeDelta::days(KEPT_DAYS.into());
        Self {
            status: takeout.status,
            created_at: takeout.created_at,
            finished_at: takeout.finished_at,
            progress,
            bytes: is_done.then_some(takeout.bytes),
            expires_at: takeout.finished_at.map(|finished| finished + kept),
        }
    }
}
