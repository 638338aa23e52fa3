//! An import as its owner sees it.

use chrono::{DateTime, Utc};
use derive_more::{Display, FromStr};
use diesel::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    db::schema::{import_files, imports},
    http::rfc3339,
};

/// Where an import is.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportStatus)]
pub enum Status {
    /// It is being uploaded; one that was broken off stays so until it is forgotten.
    Receiving,
    Waiting,
    Running,
    /// Every file has an outcome.
    Done,
    Cancelled,
    /// It was given up; the files that have an outcome keep it.
    Failed,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
#[schema(as = ImportOutcome)]
pub enum Outcome {
    /// There are new activities.
    Imported,
    /// The log has it from another source, which was given what it lacked.
    Merged,
    /// It was there, and has changed where it comes from.
    Updated,
    /// The log has it already.
    Duplicate,
    /// It is not taken; `code` says why.
    Refused,
}

/// A file of an import.
#[derive(Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = import_files)]
#[schema(as = ImportFile)]
pub struct File {
    pub number: i32,
    /// As its archive calls it; of a row that sums up refusals, the first of them.
    pub name: String,
    #[schema(value_type = Outcome)]
    pub outcome: String,
    /// Why it was refused: `unknown_format`, `malformed`, `truncated`, `bad_checksum`, `not_an_activity`,
    /// `no_start_time`, `too_large`, `too_many_files`, `too_costly`, `unsupported_entry`,
    /// `needs_login` or `gave_up`.
    #[schema(required)]
    pub code: Option<String>,
    /// A sentence for people.
    #[schema(required)]
    pub message: Option<String>,
    /// The activities that it became, or that were there.
    pub activity_ids: Vec<Uuid>,
    /// How many files it stands for: more than one when it sums up those that were refused for one
    /// reason, of which the first hundred are listed each by itself.
    pub files: i32,
    /// What is damaged or missing in it, in sentences for people: the rest was read all the same.
    #[schema(required)]
    pub warning: Option<String>,
}

/// A file of an archive that was not read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = IgnoredFile)]
pub struct IgnoredFile {
    pub name: String,
    /// What it is and what can be done with it, when that is known.
    #[schema(required)]
    pub message: Option<String>,
}

/// An import as it is stored.
#[derive(Clone, Debug, Queryable, Selectable, Serialize, ToSchema)]
#[diesel(table_name = imports)]
#[schema(as = ImportState)]
pub struct Import {
    pub id: Uuid,
    #[schema(value_type = Status)]
    pub status: String,
    /// That were uploaded.
    pub bytes: i64,
    #[serde(serialize_with = "rfc3339")]
    pub created_at: DateTime<Utc>,
    #[schema(required)]
    pub started_at: Option<DateTime<Utc>>,
    #[schema(required)]
    pub finished_at: Option<DateTime<Utc>>,
    /// Files found so far: those in archives are found when the archive is opened.
    pub found: i32,
    /// Files that are none of activities, such as pictures. Lists of activities that were read are not
    /// among them: what they list is.
    pub ignored: i32,
    /// Why the whole of it failed: `archive_bomb`, `too_costly` or `gave_up`. With
    /// `health_auto_export` or `garmin` the files are what came from there by itself and was
    /// refused, or read with a warning.
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

/// How many files had which outcome.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = ImportCounts)]
pub struct Counts {
    pub imported: i64,
    /// Those that were `updated`, too.
    pub merged: i64,
    pub duplicate: i64,
    pub refused: i64,
    /// New activities, of which a file may have several.
    pub activities: i64,
}

/// What became of the files of an import so far.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tally {
    pub counts: Counts,
    pub warnings: i64,
}

/// An import with what became of it so far.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Import)]
pub struct Progress {
    #[serde(flatten)]
    pub import: Import,
    pub counts: Counts,
    /// Files that were taken with a `warning`.
    pub warnings: i64,
    /// From 0 to 1.
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

/// The answer of `GET /imports/{id}`.
#[derive(Serialize, ToSchema)]
#[schema(as = ImportWithFiles)]
pub struct WithFiles {
    #[serde(flatten)]
    pub progress: Progress,
    /// In the order of their numbers.
    pub files: Vec<File>,
    /// The first hundred files of archives that were not read. Folders are not listed, and files
    /// that were used to read others.
    pub ignored_files: Vec<IgnoredFile>,
    /// For `after`, when there are more; `null` at the end of what there is so far.
    #[schema(required)]
    pub next: Option<i32>,
}

/// An event of `GET /imports/{id}/events`, for the documentation.
#[derive(ToSchema)]
#[schema(as = ImportEvent)]
pub struct Event {
    /// JSON: an `Import`.
    #[schema(rename = "data")]
    _data: String,
}

/// The answer of `GET /imports`.
#[derive(Serialize, ToSchema)]
#[schema(as = Imports)]
pub struct List {
    /// Newest first, at most 50.
    pub imports: Vec<Progress>,
}

/// The query string of `GET /imports/{id}`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FilesParams {
    /// Only files with this outcome.
    #[param(inline)]
    pub outcome: Option<Outcome>,
    /// Only files behind this number: `next` of the answer before.
    pub after: Option<i32>,
    /// Above 1000 means 1000.
    #[param(minimum = 0, default = 100)]
    pub limit: Option<i64>,
}

/// The query string of `POST /imports`.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct UploadParams {
    /// What the file is called, for a body that is the file itself.
    #[param(example = "morning.fit")]
    pub name: Option<String>,
}
