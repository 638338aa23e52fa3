//! Entries of a log, and the defaults for what a log does not contain.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::{Refusal, Session};

/// A workout per day for more than fifty years.
pub const MAX_ENTRIES: usize = 20_000;

/// Defaults for what a log does not contain.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Time zone of the log's local times. `None` means UTC.
    pub zone: Option<Tz>,
    /// Whether distances and weights without a unit are in miles and pounds.
    pub is_imperial: bool,
}

/// One activity of a log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// How the user can find the entry: `line 12`.
    pub name: String,
    /// The service, and its id of the activity.
    pub source: Option<(&'static str, String)>,
    /// Name of the recording next to the log that belongs to the entry.
    pub recording: Option<String>,
    /// The name and the content of the entry's own file.
    pub original: Option<(String, Vec<u8>)>,
    pub session: Result<Session, Refusal>,
    /// Describes the values that could not be read.
    pub warnings: Vec<Cow<'static, str>>,
}

impl Habits {
    /// Converts a local time to UTC and its offset. For an hour that occurs twice, returns the
    /// first.
    pub fn instant(&self, local: NaiveDateTime) -> (DateTime<Utc>, Option<i32>) {
        let in_zone = |zone: Tz| {
            let at = |local| zone.from_local_datetime(&local).earliest();
            // Clocks go forward by one hour at most.
            at(local).or_else(|| at(local.checked_add_signed(TimeDelta::hours(1))?))
        };
        match self.zone.and_then(in_zone) {
            Some(time) => (time.to_utc(), Some(time.offset().fix().local_minus_utc() / 60)),
            None => (local.and_utc(), None),
        }
    }
}

/// Derives an id for an entry without one. The same parts give the same id.
pub fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
