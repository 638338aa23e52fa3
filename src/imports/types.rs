//! An import as its owner sees it.

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    activities::UploadDetails,
    db::schema::{import_files, imports},
    http::rfc3339,
    recordings::Reason,
};

/// An upload that was received.
pub struct Received {
    /// The number of bytes of the files.
    pub bytes: i64,
    /// What the client says about the file; `None` if it says nothing.
    pub details: Option<UploadDetails>,
    /// A digest of files and fields. It does not depend on how the form separates them.
    pub digest: Vec<u8>,
}

/// Status of an import.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportStatus)]
pub enum Status {
    /// The upload is in progress. If it was interrupted, the status stays until
    /// the import is deleted.
    Receiving,
    Waiting,
    Running,
    /// Every file has an outcome.
    Done,
    Cancelled,
    /// The import failed. Files that have an outcome keep it.
    Failed,
}

/// Outcome of a file.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// The file contained new activities.
    Imported,
    /// The log has the activity from another source. The file was merged into it and
    /// filled in what it lacked.
    Merged,
    /// The log had the activity from the same source, without a recording or with other values.
    Updated,
    /// The log already has the activity.
    Duplicate,
    /// The file was refused; `code` says why.
    Refused,
}

/// A file of an import.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = import_files)]
#[schema(as = ImportFile)]
pub struct File {
    pub number: i32,
    /// Name of the file in its archive. In an entry that sums up refusals, the
    /// name of the first file.
    pub name: String,
    #[schema(value_type = Outcome)]
    pub outcome: String,
    /// Why the file was refused.
    #[schema(required, value_type = Option<Reason>)]
    pub code: Option<String>,
    /// A message for people.
    #[schema(required)]
    pub message: Option<String>,
    /// Ids of the activities from the file, both new and existing ones.
    pub activity_ids: Vec<Uuid>,
    /// Number of files that the entry stands for. More than one if it sums up files that were
    /// refused for the same reason, of which the first hundred have their own entries.
    pub files: i32,
    /// What is damaged or missing in the file, as a message for people. The rest was read.
    #[schema(required)]
    pub warning: Option<String>,
}

/// A file of an archive that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = IgnoredFile)]
pub struct IgnoredFile {
    pub name: String,
    /// What the file is and what can be done with it, if known.
    #[schema(required)]
    pub message: Option<String>,
}

/// The state of an import.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, Deserialize, ToSchema)]
#[diesel(table_name = imports)]
#[schema(as = ImportState)]
pub struct Import {
    pub id: Uuid,
    #[schema(value_type = Status)]
    pub status: String,
    /// Uploaded bytes.
    pub bytes: i64,
    #[serde(serialize_with = "rfc3339")]
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Files found so far. Files in an archive are found when the archive is opened.
    pub found: i32,
    /// Files that are not activities, such as pictures. A list of activities that was read is not
    /// counted here, but the activities in it are counted as files.
    pub ignored: i32,
    /// Why the import failed as a whole: `archive_bomb`, `too_costly` or `gave_up`. With
    /// `health_auto_export` or `garmin`, the files are activities that arrived automatically from
    /// there and were refused, or read with a warning.
    #[schema(required)]
    pub code: Option<String>,
    #[schema(required)]
    pub message: Option<String>,
}

impl Import {
    pub fn is_finished(&self) -> bool {
        self.finished_at.is_some()
    }
}

/// Number of files by outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    pub imported: i64,
    /// Includes files with the outcome `updated`.
    pub merged: i64,
    pub duplicate: i64,
    pub refused: i64,
    /// New activities. A file may contain several.
    pub activities: i64,
}

/// The results of an import so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub counts: Counts,
    pub warnings: i64,
}

/// An import with its results so far.
#[derive(Debug, Serialize, Deserialize, ToSchema)]
#[schema(as = Import)]
pub struct Progress {
    #[serde(flatten)]
    pub import: Import,
    pub counts: Counts,
    /// Files that were read with a `warning`.
    pub warnings: i64,
    /// Progress from 0 to 1.
    pub progress: f64,
}

impl Progress {
    pub fn new(import: Import, Tally { counts, warnings }: Tally) -> Self {
        let over = counts.imported
            + counts.merged
            + counts.duplicate
            + counts.refused
            + i64::from(import.ignored);
        let progress = match (import.is_finished(), import.found) {
            (true, _) => 1.0,
            (false, 0) => 0.0,
            (false, found) => (over as f64 / f64::from(found)).min(1.0),
        };
        Self { import, counts, warnings, progress }
    }
}

/// Response of `GET /imports/{id}`.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportWithFiles)]
pub struct WithFiles {
    #[serde(flatten)]
    pub progress: Progress,
    /// Ordered by `number`.
    pub files: Vec<File>,
    /// The first hundred files of archives that were not read. Folders are not listed, and neither
    /// are files that were used to read others.
    pub ignored_files: Vec<IgnoredFile>,
    /// Value of `after` for the next files; `null` if there are no more so far.
    #[schema(required)]
    pub next: Option<i32>,
}

/// An event of `GET /imports/{id}/events`, for the API reference.
#[derive(ToSchema)]
#[schema(as = ImportEvent)]
pub struct Event {
    /// An `Import` as JSON.
    #[schema(rename = "data")]
    _data: String,
}

/// Response of `GET /imports`.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
pub struct List {
    /// Newest first, at most 50.
    pub imports: Vec<Progress>,
}

/// Query parameters of `GET /imports/{id}`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilesParams {
    /// Only files with this outcome.
    #[param(inline)]
    pub outcome: Option<Outcome>,
    /// Only files after this number: `next` of the previous response.
    pub after: Option<i32>,
    /// Maximum number of files; values above 1000 count as 1000.
    #[param(minimum = 0, default = 100)]
    pub limit: Option<i64>,
}

/// Query parameters of `POST /imports`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// Name of the file, if the body is the file itself.
    #[param(example = "morning.fit")]
    pub name: Option<String>,
}
