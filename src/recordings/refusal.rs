//! Why a file is not taken.

use std::{borrow::Cow, io};

use derive_more::Display;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    priority::{give_way, is_spent},
    validation::json_problem,
};

/// What a client can tell apart. The names are part of the API contract.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// None of those that are read.
    UnknownFormat,
    /// It is of a known format, and breaks its rules.
    Malformed,
    /// It ends before it should.
    Truncated,
    /// Its checksum is another: it was damaged.
    BadChecksum,
    /// A route, settings, a plan: nothing that somebody did.
    NotAnActivity,
    /// Nothing tells when it began.
    NoStartTime,
    /// More bytes, points or entries than are read.
    TooLarge,
    /// More files than an import reads.
    TooManyFiles,
    /// Reading it takes a processor suspiciously long.
    TooCostly,
    /// It unpacks to suspiciously much.
    ArchiveBomb,
    /// An entry of an archive that is encrypted or packed in a way that is not read.
    UnsupportedEntry,
    /// An account export that a personal access token brought.
    NeedsLogin,
    /// Reading it failed again and again.
    GaveUp,
}

/// A file that is not taken: why, and a sentence for people.
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
        Self::new(Reason::Malformed, format!("it cannot be read: {problem}"))
    }

    /// Why a file's bytes cannot be had.
    pub fn of_source(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => {
                Self::new(Reason::Truncated, "what is packed in it ends before it should")
            }
            _ => Self::malformed(error),
        }
    }

    pub fn too_costly() -> Self {
        let what = "reading it takes more work than an upload of its size is worth";
        Self::new(Reason::TooCostly, what)
    }

    pub fn too_large(max_bytes: usize) -> Self {
        let max = max_bytes / (1024 * 1024);
        Self::new(Reason::TooLarge, format!("files of more than {max} MiB are not read"))
    }
}

/// To be called again and again by readers: lets others go on, and ends a reading that takes more
/// of a processor than is left of its job's budget.
pub fn go_on() -> Result<(), Refusal> {
    give_way();
    if is_spent() { Err(Refusal::too_costly()) } else { Ok(()) }
}

pub fn unknown_format() -> Refusal {
    Refusal::new(Reason::UnknownFormat, "this is none of the formats that are read")
}
