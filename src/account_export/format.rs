//! The format of the zip.
//!
//! - `manifest.json`: a [`Manifest`], the last entry;
//! - `activities.ndjson`: an [`ExportedActivity`] per line; those that
//!   others refer to come first;
//! - `streams/ID.json`: the streams of an activity, [`ExportedStreams`];
//! - `originals.ndjson`: an [`ExportedOriginal`] per line, with the path of the file in the zip;
//! - `profile.json`: an [`ExportedProfile`];
//! - for people, and not imported: `activities.csv`, and `account.json` with login
//!   methods and connections.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    activities::{ANY, merging::Merged, series::Series},
    goals::ExportedGoal,
    privacy::{OwnZone, Place},
    time_zone::TimeZone,
};

/// The value of [`Manifest::format`].
pub const FORMAT: &str = "sports-log-account-export";

/// The name in exports made before December 2026.
pub const FORMER_FORMAT: &str = "sports-log-takeout";

/// The version of the format. A server imports this version and older ones.
pub const VERSION: u32 = 1;

pub const MANIFEST: &str = "manifest.json";
pub const ACTIVITIES: &str = "activities.ndjson";
pub const ORIGINALS: &str = "originals.ndjson";
pub const PROFILE: &str = "profile.json";
pub const CSV: &str = "activities.csv";
pub const ACCOUNT: &str = "account.json";

/// The path of an activity's streams.
pub fn streams_path(activity_id: Uuid) -> String {
    format!("streams/{activity_id}.json")
}

/// A digest in hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Lists the entries with their digests, which show whether the zip is complete. Two accounts with
/// the same content have the same `content`, on any server.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// The program that created the zip.
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub activities: u64,
    /// The entries that are imported.
    pub content: Vec<ListedFile>,
    /// The entries for people.
    pub about: Vec<ListedFile>,
}

/// An entry of the zip.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListedFile {
    pub path: String,
    pub bytes: u64,
    /// In hexadecimal digits.
    pub sha256: String,
}

/// The references of an exported activity, and the origins of its values. The rest of the line is
/// as in `GET /activities/{id}`.
#[derive(Debug, Deserialize)]
pub struct ExportedActivity {
    pub id: Uuid,
    pub source: String,
    pub parent_id: Option<Uuid>,
    /// The activity that this one is merged into.
    pub merged_into: Option<Uuid>,
    pub merged: Option<Vec<Merged>>,
    /// The digest of the file that the activity was made from.
    pub original: Option<String>,
    /// The origins of its values, which older versions do not export.
    #[serde(default)]
    pub computed: Option<Vec<String>>,
    #[serde(default = "unknown")]
    pub edited: Option<Vec<String>>,
    #[serde(default)]
    pub replaced: Option<Map<String, Value>>,
}

/// A file that activities were made from.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportedOriginal {
    pub sha256: String,
    pub file_name: String,
    /// The path in the zip.
    pub path: String,
}

/// The streams of an activity.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportedStreams {
    pub started_at: DateTime<Utc>,
    pub breaks: Vec<usize>,
    pub series: Vec<(Series, Vec<Option<f64>>)>,
}

/// The profile of an account.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedProfile {
    pub display_name: Option<String>,
    pub preferred_units: String,
    /// UTC in exports of older versions, which do not contain it.
    #[serde(default = "utc")]
    pub time_zone: String,
    pub preferences: Map<String, Value>,
    #[serde(default)]
    pub goals: Vec<ExportedGoal>,
    /// As the account set them.
    #[serde(default)]
    pub privacy_zones: Vec<OwnZone>,
    /// The places that were drawn at random for the zones, and for where
    /// shared tracks start and end.
    #[serde(default)]
    pub privacy_places: Vec<Place>,
}

fn unknown() -> Option<Vec<String>> {
    Some(vec![ANY.to_owned()])
}

fn utc() -> String {
    TimeZone::default().to_string()
}
