//! Numbers as text, in the preferred units.

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Metric (kilometres and metres) or imperial (miles and feet).
#[derive(
    Clone, Copy, Debug, Default, Display, FromStr, PartialEq, Eq, Serialize, Deserialize, ToSchema,
)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
#[serde(rename_all = "lowercase")]
#[schema(as = PictureUnits, rename_all = "lowercase")]
pub enum Units {
    #[default]
    Metric,
    Imperial,
}

impl Units {
    /// Metres per kilometre or mile, and the unit symbol.
    pub fn long(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1000.0, "km"),
            Self::Imperial => (1609.344, "mi"),
        }
    }

    /// Metres per metre or foot, and the unit symbol.
    pub fn short(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1.0, "m"),
            Self::Imperial => (0.3048, "ft"),
        }
    }

    /// Metres per metre or yard, the units of pools, and the unit symbol.
    pub fn pool(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1.0, "m"),
            Self::Imperial => (0.9144, "yd"),
        }
    }

    /// Formats a distance: `12.34 km`.
    pub fn distance(self, metres: f64) -> String {
        let (unit, sign) = self.long();
        let value = metres / unit;
        match value {
            ..100.0 => format!("{value:.2} {sign}"),
            100.0..1000.0 => format!("{value:.1} {sign}"),
            _ => format!("{} {sign}", thousands(value)),
        }
    }

    /// Formats an elevation: `1 234 m`.
    pub fn height(self, metres: f64) -> String {
        let (unit, sign) = self.short();
        format!("{} {sign}", thousands(metres / unit))
    }
}

/// Formats a whole number with narrow spaces between thousands.
pub fn thousands(value: f64) -> String {
    let digits = format!("{:.0}", value.abs());
    let length = digits.len();
    let mut text = String::new();
    if value <= -0.5 {
        text.push('\u{2212}');
    }
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (length - at) % 3 == 0 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// Formats a round number with its decimals and narrow spaces between thousands.
pub fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 {
        return thousands(value);
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Formats a duration: `3 h 05 min`, `52 min`, `40 s`.
pub fn duration(secs: i64) -> String {
    match secs {
        ..60 => format!("{secs} s"),
        60..3600 => format!("{} min", (secs + 30) / 60),
        _ => {
            let minutes = (secs + 30) / 60;
            format!("{} h {:02} min", thousands((minutes / 60) as f64), minutes % 60)
        }
    }
}

/// Formats a time or a pace: `5:06` or `1:02:30`.
pub fn clock(secs: f64) -> String {
    let secs = secs.round() as i64;
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}

/// Formats a time on an axis: `0`, `40 s`, `15 min`, `2 h`, `2 h 30`.
pub fn moment(secs: f64) -> String {
    let secs = secs.round() as i64;
    match (secs / 3600, secs / 60 % 60, secs % 60) {
        (0, 0, 0) => "0".to_owned(),
        (0, 0, secs) => format!("{secs} s"),
        (0, minutes, 0) => format!("{minutes} min"),
        (0, ..) => clock(secs as f64),
        (hours, 0, _) => format!("{} h", thousands(hours as f64)),
        (hours, minutes, _) => format!("{hours} h {minutes:02}"),
    }
}

/// Formats a count: `1 activity`, `2 activities`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", thousands(number as f64))
}

/// Builds a text of several sentences.
pub struct Sentences(String);

impl Sentences {
    /// Starts with `what: fact, fact, fact.`, or with `what.` if there are no facts.
    pub fn new(what: &str, facts: &[String]) -> Self {
        if facts.is_empty() {
            return Self(format!("{what}."));
        }
        Self(format!("{what}: {}.", facts.join(", ")))
    }

    pub fn push(&mut self, sentence: impl AsRef<str>) {
        self.0.push(' ');
        self.0.push_str(sentence.as_ref());
        self.0.push('.');
    }

    pub fn finish(self) -> String {
        self.0
    }
}

/// Removes control characters, and others that XML 1.0 does not allow (section 2.2).
pub fn printable(text: &str) -> String {
    let is_allowed = |c: &char| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}');
    text.chars().filter(is_allowed).collect()
}

/// Removes characters that set the direction of text (Unicode Standard Annex #9, section 2).
pub fn undirected(text: &str) -> String {
    let directs = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !directs(*c)).collect()
}

/// Prepares text as part of a sentence. Right-to-left text is isolated, so that it does not reorder
/// the rest (Unicode Standard Annex #9, section 2.4).
pub fn isolated(text: &str) -> String {
    // The blocks of right-to-left scripts.
    let is_rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.chars().any(is_rtl) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Truncates the text to the width of `room` average letters.
pub fn shortened(text: &str, room: f64) -> String {
    let mut taken = 0.0;
    let mut kept = String::new();
    for letter in text.chars() {
        taken += width(letter);
        if taken > room {
            return format!("{}…", kept.trim_end());
        }
        kept.push(letter);
    }
    kept
}

/// Returns the width of a character, in average letters.
fn width(letter: char) -> f64 {
    // Han, Hangul, Kana and pictograms are about twice as wide.
    if letter as u32 >= 0x1100 { 1.9 } else { 1.0 }
}

/// Joins the parts into as few lines as possible, each at most `room` average letters wide.
/// Shortens a part that is wider.
pub fn lines(parts: &[&str], separator: &str, room: f64) -> Vec<String> {
    let wide = |text: &str| text.chars().map(width).sum::<f64>();
    let mut lines: Vec<String> = Vec::new();
    for part in parts {
        match lines.last_mut() {
            Some(line) if wide(line) + wide(separator) + wide(part) <= room => {
                line.push_str(separator);
                line.push_str(part);
            }
            _ => lines.push(shortened(part, room)),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_people() {
        assert_eq!(Units::Metric.distance(12_344.0), "12.34 km");
        assert_eq!(Units::Imperial.distance(1_609_344.0), "1\u{202f}000 mi");
        assert_eq!(Units::Metric.height(-12.4), "\u{2212}12 m");
        assert_eq!(Units::Imperial.height(0.0), "0 ft");
        assert_eq!(
            (duration(59), duration(3599), duration(3_661)),
            ("59 s".into(), "60 min".into(), "1 h 01 min".into())
        );
        assert_eq!((clock(306.2), clock(3_750.0)), ("5:06".into(), "1:02:30".into()));
        assert_eq!(shortened("日本語のとても長い", 6.0), "日本語…");
        let parts = ["Run, 4 May", "3.00 km", "17 min", "averylongword"];
        assert_eq!(
            lines(&parts, " · ", 12.0),
            ["Run, 4 May", "3.00 km", "17 min", "averylongwor…"]
        );
        assert_eq!(lines(&parts[..3], " · ", 20.0), ["Run, 4 May · 3.00 km", "17 min"]);
    }
}
