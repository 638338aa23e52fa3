//! Reasons why a file is rejected.

use std::{borrow::Cow, io};

use derive_more::Display;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    priority::{is_spent, yield_if_due},
    validation::json_problem,
};

/// Error codes of rejected files. The names are part of the API contract.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not a supported format.
    UnknownFormat,
    /// A known format, but with invalid content.
    Malformed,
    /// The file ends too early.
    Truncated,
    /// The checksum does not match: the file is damaged.
    BadChecksum,
    /// A route, settings or a training plan, but not an activity.
    NotAnActivity,
    /// The start time is unknown.
    NoStartTime,
    /// Exceeds the maximum number of bytes, points or entries.
    TooLarge,
    /// Exceeds the maximum number of files in an import.
    TooManyFiles,
    /// Reading the file takes suspiciously much CPU time.
    TooCostly,
    /// The file unpacks to a suspicious size.
    ArchiveBomb,
    /// An archive entry that is encrypted or uses an unsupported compression method.
    UnsupportedEntry,
    /// An account export that was uploaded with a personal access token.
    NeedsLogin,
    /// Reading the file failed repeatedly.
    GaveUp,
}

/// A rejected file: the reason and a sentence for the user.
#[derive(Clone, Debug, Display, PartialEq, Eq)]
#[display("{reason}: {message}")]
pub struct Refusal {
    pub reason: Reason,
    pub message: Cow<'static, str>,
}

impl std::error::Error for Refusal {}

impl Refusal {
    pub fn new(reason: Reason, message: impl Into<Cow<'static, str>>) -> Self {
        Self { reason, message: message.into() }
    }

    pub fn malformed(problem: impl std::fmt::Display) -> Self {
        let problem = json_problem(&problem.to_string());
        Self::new(Reason::Malformed, format!("the content cannot be read: {problem}"))
    }

    /// Describes why the bytes of a file cannot be read.
    pub fn of_source(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                Self::new(Reason::Truncated, "the compressed data ends early")
            }
            _ => Self::malformed(error),
        }
    }

    pub fn too_costly() -> Self {
        let what = "reading this takes more processing time than its size allows";
        Self::new(Reason::TooCostly, what)
    }

    pub fn too_large(max_bytes: usize) -> Self {
        let max = max_bytes / (1024 * 1024);
        Self::new(Reason::TooLarge, format!("files larger than {max} MiB are not supported"))
    }
}

/// Yields to requests, and fails once the CPU budget of the job is used up. Parsers call it often.
pub fn go_on() -> Result<(), Refusal> {
    yield_if_due();
    if is_spent() { Err(Refusal::too_costly()) } else { Ok(()) }
}

pub fn unknown_format() -> Refusal {
    Refusal::new(Reason::UnknownFormat, "the file format is not supported")
}
