//! Writes a share's days as iCalendar (RFC 5545).

use chrono::Days;

use super::feed::Feed;

/// Maximum length of a line, in octets without its end (RFC 5545, section 3.1).
const LINE: usize = 75;

/// Returns the calendar. Its events last whole days and do not mark their owner as busy.
pub fn of(feed: &Feed) -> String {
    let mut lines = Lines(String::new());
    lines.push("BEGIN", "VCALENDAR");
    lines.push("VERSION", "2.0");
    lines.push("PRODID", "-//sports-log//shares//EN");
    lines.push("UID", &feed.id().to_string());
    lines.push("NAME", &escaped(feed.title));
    lines.push("X-WR-CALNAME", &escaped(feed.title));
    lines.push("REFRESH-INTERVAL;VALUE=DURATION", "PT1H");
    for mark in &feed.marks {
        let day = mark.first.format("%Y%m%d");
        // The day after the last one.
        let end = mark.first.checked_add_days(Days::new(mark.days.into())).unwrap_or(mark.first);
        lines.push("BEGIN", "VEVENT");
        lines.push("UID", &feed.mark_id(mark).to_string());
        // Not the time of the request, so that the same events are the same bytes.
        lines.push("DTSTAMP", &format!("{day}T000000Z"));
        lines.push("DTSTART;VALUE=DATE", &day.to_string());
        lines.push("DTEND;VALUE=DATE", &end.format("%Y%m%d").to_string());
        lines.push("SUMMARY", &escaped(&mark.text));
        lines.push("URL", &feed.url);
        lines.push("TRANSP", "TRANSPARENT");
        lines.push("END", "VEVENT");
    }
    lines.push("END", "VCALENDAR");
    lines.0
}

/// Escapes text (RFC 5545, section 3.3.11).
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Content lines, folded.
struct Lines(String);

impl Lines {
    fn push(&mut self, name: &str, value: &str) {
        let mut length = 0;
        for c in format!("{name}:{value}").chars() {
            if length + c.len_utf8() > LINE {
                self.0.push_str("\r\n ");
                length = 1;
            }
            self.0.push(c);
            length += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }
}
