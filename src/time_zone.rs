//! The time zone that decides when a user's days, weeks and months begin.

use std::str::FromStr;

use chrono::{NaiveDate, Utc};
use chrono_tz::Tz;
use derive_more::Display;

/// A zone of the IANA time zone database, such as `Europe/Rome`. PostgreSQL computes with its own
/// copy of the database, which may be older: see [`crate::db::is_unknown_zone`].
#[derive(Clone, Copy, Debug, Default, Display, PartialEq, Eq)]
pub struct TimeZone(Tz);

impl TimeZone {
    pub const EXPECTED: &str = "must be a time zone such as Europe/Rome";

    /// Today's date in this zone.
    pub fn today(self) -> NaiveDate {
        Utc::now().with_timezone(&self.0).date_naive()
    }

    pub fn name(self) -> &'static str {
        self.0.name()
    }
}

impl FromStr for TimeZone {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self).map_err(|_| Self::EXPECTED)
    }
}
