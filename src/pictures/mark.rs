//! What a picture says about days, for calendars and feeds.

use chrono::NaiveDate;

use super::drawing::printable;

/// What a picture says about one or more days.
pub struct Mark {
    pub first: NaiveDate,
    pub days: u8,
    /// Without control characters.
    pub text: String,
}

impl Mark {
    pub fn new(first: NaiveDate, days: u8, text: &str) -> Self {
        Self { first, days, text: printable(text) }
    }
}
