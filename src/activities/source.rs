//! The app or service that an activity comes from: the namespace of its `external_id`.

use derive_more::{Display, Into};
use serde::Serialize;

use crate::validation::Fault;

/// Sources that only the server sets, for activities that it reads itself. The server also sets
/// `garmin` and `apple`, but clients may use these to relay activities under the ids that Garmin
/// and Apple Health gave them.
const RESERVED: [&str; 3] = ["import", "strava", "health_auto_export"];

/// A slug of 1 to 32 characters (`a-z`, `0-9`, `_`, `.` and `-`) that starts with a letter
/// or a digit. Each app has its own source, so that two apps may use the same `external_id`
/// for different activities.
#[derive(Clone, Debug, Display, Into, PartialEq, Eq, Hash, Serialize)]
pub struct Source(String);

impl Default for Source {
    fn default() -> Self {
        Self("manual".to_owned())
    }
}

impl Source {
    const MAX_AT_ONCE: usize = 100;

    /// Whether the activity was logged by hand.
    pub fn is_manual(&self) -> bool {
        *self == Self::default()
    }

    /// Whether a source distinguishes its own activities, so that no two records of it are the same
    /// activity. Manual entries and imported files do not.
    pub fn knows_its_own(source: &str) -> bool {
        !["manual", "import"].contains(&source)
    }

    /// Whether `text` is a valid source, including the reserved ones.
    pub fn is_valid(text: &str) -> bool {
        let is_of_slug =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'.' | b'-');
        (1..=32).contains(&text.len())
            && text.bytes().all(is_of_slug)
            && !text.starts_with(['_', '.', '-'])
    }

    /// Parses a source that a client may set.
    pub fn of_client(text: String) -> Result<Self, Fault> {
        if !Self::is_valid(&text) {
            let expected = "must be 1 to 32 characters from a-z, 0-9, _, . and -, starting with a letter or digit";
            return Err(("invalid_value", expected.to_owned()));
        }
        if RESERVED.contains(&text.as_str()) {
            let problem = format!("is reserved: only the server sets {}", RESERVED.join(", "));
            return Err(("invalid_value", problem));
        }
        Ok(Self(text))
    }

    /// Parses a comma-separated list of sources.
    pub fn several(text: &str) -> Result<Vec<String>, &'static str> {
        let all: Vec<String> = text.split(',').map(str::to_owned).collect();
        if all.len() > Self::MAX_AT_ONCE {
            return Err("must be at most 100 sources, separated by commas");
        }
        let expected = "must be sources separated by commas, each of 1 to 32 characters from a-z, 0-9, _, . and -";
        if all.iter().all(|one| Self::is_valid(one)) { Ok(all) } else { Err(expected) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_client_has_a_slug_that_the_server_does_not_set() {
        let longest = "a".repeat(32);
        for good in ["manual", "garmin", "apple", "a", "0", "my-app_2.x", "sync.py", &longest] {
            assert!(Source::of_client(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "App", "-a", "_a", ".a", "a b", "a,b", "é", "a\0", &"a".repeat(33)] {
            assert!(Source::of_client(bad.to_owned()).is_err(), "{bad}");
        }
        for reserved in RESERVED {
            let (_, problem) = Source::of_client(reserved.to_owned()).unwrap_err();
            assert!(problem.starts_with("is reserved"), "{problem}");
        }
    }
}
