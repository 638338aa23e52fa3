//! How long others ask to be left alone.

use std::time::Duration;

use awc::http::header::{HeaderMap, RETRY_AFTER};
use chrono::{DateTime, Utc};

/// What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = DateTime::parse_from_rfc2822(text).ok()?;
    Some((date.to_utc() - Utc::now()).to_std().unwrap_or_default())
}
