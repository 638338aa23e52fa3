//! What is in the zip.
//!
//! - `manifest.json`: a [`Manifest`], the last entry;
//! - `activities.ndjson`: an [`ExportedActivity`] a line, those that others refer to first;
//! - `streams/ID.json`: what was measured along an activity, [`ExportedStreams`];
//! - `originals.ndjson`: an [`ExportedOriginal`] a line, and the files themselves where it says;
//! - `profile.json`: an [`ExportedProfile`];
//! - for people, and not taken in: `activities.csv`, and `account.json` with ways in and connections.

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

/// What [`Manifest::format`] says.
pub const FORMAT: &str = "sports-log-takeout";

/// A server takes in what is of its version or an older one.
pub const VERSION: u32 = 1;

pub const MANIFEST: &str = "manifest.json";
pub const ACTIVITIES: &str = "activities.ndjson";
pub const ORIGINALS: &str = "originals.ndjson";
pub const PROFILE: &str = "profile.json";
pub const CSV: &str = "activities.csv";
pub const ACCOUNT: &str = "account.json";

/// Where the streams of an activity are.
pub fn streams_path(activity_id: Uuid) -> String {
    format!("streams/{activity_id}.json")
}

/// A digest as it is written.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What there is, and how to see that it is whole. Two accounts with the same content have the same
/// `content`, wherever they are.
#[derive(Debug, Serialize, Deserialize)]
pub struct Manifest {
    pub format: String,
    pub version: u32,
    /// The program that made it.
    pub made_by: String,
    pub made_at: DateTime<Utc>,
    pub activities: u64,
    /// What is taken in.
    pub content: Vec<ListedFile>,
    /// What is for people.
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

/// What an activity refers to: the rest of the line is as `GET /activities/{id}` has it.
#[derive(Debug, Deserialize)]
pub struct ExportedActivity {
    pub id: Uuid,
    pub source: String,
    pub parent_id: Option<Uuid>,
    /// The activity that is shown in its place.
    pub merged_into: Option<Uuid>,
    pub merged: Option<Vec<Merged>>,
    /// The digest of the file that it was made of.
    pub original: Option<String>,
    /// What is remembered of its values; older versions do not say.
    #[serde(default)]
    pub computed: Option<Vec<String>>,
    #[serde(default = "unknown")]
    pub edited: Option<Vec<String>>,
    #[serde(default)]
    pub replaced: Option<Map<String, Value>>,
}

/// A file that activities were made of.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportedOriginal {
    pub sha256: String,
    pub file_name: String,
    /// In the zip.
    pub path: String,
}

/// What was measured along an activity.
#[derive(Debug, Serialize, Deserialize)]
pub struct ExportedStreams {
    pub started_at: DateTime<Utc>,
    pub breaks: Vec<usize>,
    pub series: Vec<(Series, Vec<Option<f64>>)>,
}

/// What an account shows of itself.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub struct ExportedProfile {
    pub display_name: Option<String>,
    pub preferred_units: String,
    /// UTC where an older version says nothing of it.
    #[serde(default = "utc")]
    pub time_zone: String,
    pub preferences: Map<String, Value>,
    #[serde(default)]
    pub goals: Vec<ExportedGoal>,
    /// As the account set them.
    #[serde(default)]
    pub privacy_zones: Vec<OwnZone>,
    /// What was drawn for them and for where shared tracks begin and end.
    #[serde(default)]
    pub privacy_places: Vec<Place>,
}

fn unknown() -> Option<Vec<String>> {
    Some(vec![ANY.to_owned()])
}

fn utc() -> String {
    TimeZone::default().to_string()
}
