//! Writes a share's days as Atom (RFC 4287).

use askama::Template;

use super::feed::Feed;
use crate::{
    error::{ApiError, ApiResult},
    pictures::Mark,
};

/// Of a feed without entries, which has to have a date.
const NEVER: &str = "1970-01-01T00:00:00Z";

#[derive(Template)]
#[template(path = "shares/feed.xml")]
struct AtomFeed<'a> {
    feed: &'a Feed,
    updated: String,
    entries: Vec<AtomEntry<'a>>,
}

struct AtomEntry<'a> {
    id: String,
    day: String,
    updated: String,
    mark: &'a Mark,
}

/// Returns the feed, newest entry first.
pub fn of(feed: &Feed) -> ApiResult<String> {
    let entries = feed.marks.iter().rev().map(|mark| AtomEntry {
        id: feed.mark_id(mark).to_string(),
        day: day(mark),
        updated: updated(mark),
        mark,
    });
    let updated = feed.marks.last().map_or_else(|| NEVER.to_owned(), updated);
    let feed = AtomFeed { feed, updated, entries: entries.collect() };
    feed.render().map_err(ApiError::internal)
}

/// Names the day or the week: `4 May 2026`.
fn day(mark: &Mark) -> String {
    let first = mark.first.format("%-d %B %Y");
    if mark.days > 1 { format!("Week of {first}") } else { first.to_string() }
}

fn updated(mark: &Mark) -> String {
    format!("{}T00:00:00Z", mark.first.format("%Y-%m-%d"))
}
