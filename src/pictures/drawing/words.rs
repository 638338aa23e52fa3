//! Numbers as people read them, in the units they prefer.

use derive_more::{Display, FromStr};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Kilometres and metres, or miles and feet.
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
    /// Of a kilometre or a mile: its metres, and its sign.
    pub fn long(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1000.0, "km"),
            Self::Imperial => (1609.344, "mi"),
        }
    }

    /// Of a metre or a foot: its metres, and its sign.
    pub fn short(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1.0, "m"),
            Self::Imperial => (0.3048, "ft"),
        }
    }

    /// Of a metre or a yard, which pools are measured in: its metres, and its sign.
    pub fn pool(self) -> (f64, &'static str) {
        match self {
            Self::Metric => (1.0, "m"),
            Self::Imperial => (0.9144, "yd"),
        }
    }

    /// `12.34 km`.
    pub fn distance(self, metres: f64) -> String {
        let (unit, sign) = self.long();
        let value = metres / unit;
        match value {
            ..100.0 => format!("{value:.2} {sign}"),
            100.0..1000.0 => format!("{value:.1} {sign}"),
            _ => format!("{} {sign}", thousands(value)),
        }
    }

    /// `1 234 m`.
    pub fn height(self, metres: f64) -> String {
        let (unit, sign) = self.short();
        format!("{} {sign}", thousands(metres / unit))
    }
}

/// A whole number with narrow spaces between thousands.
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

/// A round number with the decimals that it has, and narrow spaces between thousands.
pub fn number(value: f64) -> String {
    if value.fract().abs() < 1e-9 {
        return thousands(value);
    }
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `3 h 05 min`, `52 min`, `40 s`.
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

/// `5:06` or `1:02:30`.
pub fn clock(secs: f64) -> String {
    let secs = secs.round() as i64;
    let (hours, minutes, secs) = (secs / 3600, secs / 60 % 60, secs % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{secs:02}")
    } else {
        format!("{minutes}:{secs:02}")
    }
}

/// On an axis of time: `0`, `40 s`, `15 min`, `2 h`, `2 h 30`.
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

/// `1 activity`, `2 activities`.
pub fn count(number: i64, one: &str, many: &str) -> String {
    let noun = if number == 1 { one } else { many };
    format!("{} {noun}", thousands(number as f64))
}

/// Sentences about something.
pub struct Sentences(String);

impl Sentences {
    /// `what: these, and, these.`, or `what.`
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

/// Without characters that set the direction of what follows (Unicode Standard Annex #9, section 2).
pub fn undirected(text: &str) -> String {
    let directs = |c: char| matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !directs(*c)).collect()
}

/// As part of a sentence, which it must not turn around: what is written from right to left is isolated
/// (Unicode Standard Annex #9, section 2.4).
pub fn isolated(text: &str) -> String {
    // The blocks of scripts that run so.
    let is_rtl = |c: char| matches!(c, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1efff}');
    if text.chars().any(is_rtl) { format!("\u{2068}{text}\u{2069}") } else { text.to_owned() }
}

/// Cut to what fits where `room` letters of usual width do.
pub fn shortened(text: &str, room: f64) -> String {
    let mut taken = 0.0;
    let mut kept = String::new();
    for letter in text.chars() {
        // Han, Hangul, Kana and pictograms are about twice as wide.
        taken += if letter as u32 >= 0x1100 { 1.9 } else { 1.0 };
        if taken > room {
            return format!("{}…", kept.trim_end());
        }
        kept.push(letter);
    }
    kept
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
    }
}
