//! An account export as its owner sees it.

use chrono::{DateTime, TimeDelta, Utc};
use derive_more::FromStr;
use diesel::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::db::schema::account_exports;

/// How many days an export can be downloaded.
pub const KEPT_DAYS: i32 = 7;

/// Status of an account export.
#[derive(Clone, Copy, Debug, FromStr, PartialEq, Eq, Serialize, ToSchema)]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = AccountExportStatus)]
pub enum Status {
    Waiting,
    Running,
    /// The export can be downloaded.
    Done,
    /// The export failed; request another one.
    Failed,
}

/// An export as it is stored.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = account_exports)]
pub struct AccountExport {
    pub id: Uuid,
    pub status: String,
    pub created_at: DateTime<Utc>,
    pub finished_at: Option<DateTime<Utc>>,
    pub found: i64,
    pub done: i64,
    pub bytes: i64,
}

/// Response of `GET /me/export`.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountExport)]
pub struct ExportStatus {
    #[schema(value_type = Status)]
    pub status: String,
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Progress from 0 to 1.
    pub progress: f64,
    /// Size of the zip in bytes; `null` unless the status is `done`.
    #[schema(required)]
    pub bytes: Option<i64>,
    /// When the export is deleted; `null` until it has finished.
    #[schema(required)]
    pub expires_at: Option<DateTime<Utc>>,
}

impl AccountExport {
    pub fn is_done(&self) -> bool {
        self.status.parse() == Ok(Status::Done)
    }
}

impl From<AccountExport> for ExportStatus {
    fn from(account_export: AccountExport) -> Self {
        let is_done = account_export.is_done();
        let progress = match (is_done, account_export.found) {
            (true, _) => 1.0,
            (false, 0) => 0.0,
            (false, found) => (account_export.done as f64 / found as f64).min(1.0),
        };
        let kept = TimeDelta::days(KEPT_DAYS.into());
        Self {
            status: account_export.status,
            created_at: account_export.created_at,
            finished_at: account_export.finished_at,
            progress,
            bytes: is_done.then_some(account_export.bytes),
            expires_at: account_export.finished_at.map(|finished| finished + kept),
        }
    }
}
