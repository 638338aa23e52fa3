//! The `Retry-After` header of other services.

use std::time::{Duration, SystemTime};

use awc::http::header::{HeaderMap, HttpDate, RETRY_AFTER};

/// The longest pause that is respected. A longer one is a mistake, or an attempt to
/// silence this server.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// The pause that `Retry-After` asks for (RFC 9110, section 10.2.3): seconds, or a date in any of
/// the three formats of section 5.6.7. At most [`LONGEST_PAUSE`]. A date in the past means no
/// pause. Any other value is ignored.
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let pause = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_or(Duration::MAX, Duration::from_secs)
    } else {
        let date: SystemTime = text.parse::<HttpDate>().ok()?.into();
        date.duration_since(SystemTime::now()).unwrap_or_default()
    };
    Some(pause.min(LONGEST_PAUSE))
}

#[cfg(test)]
mod tests {
    use awc::http::header::HeaderValue;

    use super::*;

    fn read(text: &str) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, HeaderValue::from_str(text).unwrap());
        retry_after(&headers).map(|pause| pause.as_secs())
    }

    #[test]
    fn seconds_and_dates_are_read_and_capped() {
        let longest = Some(LONGEST_PAUSE.as_secs());
        for (text, seconds) in [
            ("0", Some(0)),
            (" 7 ", Some(7)),
            ("3600", Some(3600)),
            ("86401", longest),
            ("18446744073709551615", longest),
            ("18446744073709551616000", longest),
            ("-1", None),
            ("+5", None),
            ("1.5", None),
            ("", None),
            ("soon", None),
            ("2026-11-29T10:00:00Z", None),
            ("Sun, 06 Nov 1994 08:49:37 GMT", Some(0)),
            ("Sunday, 06-Nov-94 08:49:37 GMT", Some(0)),
            ("Sun Nov  6 08:49:37 1994", Some(0)),
            ("Fri, 31 Dec 9999 23:59:59 GMT", longest),
        ] {
            assert_eq!(read(text), seconds, "{text}");
        }
        let in_a_minute = HttpDate::from(SystemTime::now() + Duration::from_secs(60)).to_string();
        assert!((58..=60).contains(&read(&in_a_minute).unwrap()), "{in_a_minute}");
    }
}
