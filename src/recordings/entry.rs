//! One activity of a log, and what is assumed where the log does not say it.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDateTime, Offset, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::{Refusal, Session};

/// A workout every day for fifty years.
pub const MAX_ENTRIES: usize = 20_000;

/// What is assumed where a log does not say it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Habits {
    /// Where its local times are from; without one they are taken as UTC.
    pub zone: Option<Tz>,
    /// Whether distances and weights without a unit are miles and pounds.
    pub is_imperial: bool,
}

/// One activity of a log.
#[derive(Clone, Debug)]
pub struct Entry {
    /// What its owner can find it by: `line 12`.
    pub name: String,
    /// The service, and what it calls the activity.
    pub source: Option<(&'static str, String)>,
    /// The name of the recording that belongs to it and lies beside the log.
    pub recording: Option<String>,
    /// A file of its own, and what is in it.
    pub original: Option<(String, Vec<u8>)>,
    pub session: Result<Session, Refusal>,
    /// The values that could not be read.
    pub warnings: Vec<Cow<'static, str>>,
}

impl Habits {
    /// When a local time was, and the offset then. Of an hour that there was twice, the first.
    pub fn instant(&self, local: NaiveDateTime) -> (DateTime<Utc>, Option<i32>) {
        let in_zone = |zone: Tz| {
            let at = |local| zone.from_local_datetime(&local).earliest();
            // Clocks are put forward by an hour at most.
            at(local).or_else(|| at(local.checked_add_signed(TimeDelta::hours(1))?))
        };
        match self.zone.and_then(in_zone) {
            Some(time) => (time.to_utc(), Some(time.offset().fix().local_minus_utc() / 60)),
            None => (local.and_utc(), None),
        }
    }
}

/// An id for what has none: the same for the same parts.
pub fn digest(parts: &[&str]) -> String {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part.as_bytes());
        digest.update([0]);
    }
    digest.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}
