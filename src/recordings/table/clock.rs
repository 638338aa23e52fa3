//! Times of day, and how far a clock is from UTC.

use chrono::{FixedOffset, NaiveTime};

/// Divides a text at its time of day: what stands before it, the time, and what stands behind.
pub fn at_clock(text: &str) -> Option<(&str, NaiveTime, &str)> {
    let colon = text.find(':')?;
    let (head, tail) = (text.get(..colon)?, text.get(colon + 1..)?);
    let start = head.rfind(|c: char| !c.is_ascii_digit()).map_or(0, |at| at + 1);
    let (before, hour) = head.split_at_checked(start)?;
    let end = tail.find(|c: char| !(c.is_ascii_digit() || matches!(c, ':' | '.' | ',')));
    let (rest, mut after) = tail.split_at_checked(end.unwrap_or(tail.len()))?;
    let mut parts = rest.trim_end_matches([',', '.']).splitn(3, [':', '.', ',']);
    let mut part = || parts.next().map(|part| part.split(['.', ',']).next().unwrap_or(part));
    let minute = part()?.parse().ok()?;
    let second = part().map_or(Some(0), |second| second.parse::<u32>().ok())?.min(59);
    let mut hour: u32 = hour.parse().ok()?;
    after = after.trim_start();
    let half: String = after.chars().take(4).filter(|c| c.is_alphabetic()).take(2).collect();
    let half = half.to_ascii_lowercase();
    if half == "am" || half == "pm" {
        if !(1..=12).contains(&hour) {
            return None;
        }
        hour = hour % 12 + if half == "pm" { 12 } else { 0 };
        let behind = after.char_indices().filter(|(_, c)| c.is_alphabetic()).nth(1)?;
        after = after.get(behind.0 + 1..)?.trim_start_matches('.').trim_start();
    }
    Some((before, NaiveTime::from_hms_opt(hour, minute, second)?, after))
}

/// `Z`, `UTC`, `+02:00`, `+0200`, `GMT+2`.
pub fn offset(text: &str) -> Option<FixedOffset> {
    let text = text.trim();
    let bare = text.strip_prefix("UTC").or(text.strip_prefix("GMT")).unwrap_or(text);
    if matches!(text, "Z" | "z") || bare.is_empty() && !text.is_empty() {
        return FixedOffset::east_opt(0);
    }
    let sign = match bare.chars().next()? {
        '+' => 1,
        '-' | '\u{2212}' => -1,
        _ => return None,
    };
    let digits = bare.get(bare.chars().next()?.len_utf8()..)?;
    let is_plain = digits.chars().all(|c| c.is_ascii_digit() || c == ':');
    let digits: String = digits.chars().filter(char::is_ascii_digit).collect();
    if !is_plain || digits.len() > 4 {
        return None;
    }
    let (hours, minutes) =
        digits.split_at(if digits.len() > 2 { digits.len() - 2 } else { digits.len() });
    let minutes = if minutes.is_empty() { 0 } else { minutes.parse::<i32>().ok()? };
    FixedOffset::east_opt(sign * (hours.parse::<i32>().ok()? * 60 + minutes) * 60)
}
