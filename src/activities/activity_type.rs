//! The kind of sport of an activity.

use std::str::FromStr;

use derive_more::{Display, Into};
use serde::Serialize;

/// The kind of sport: a slug of 1 to 32 characters (`a-z`, `0-9` and `_`).
#[derive(Clone, Debug, Display, Into, Serialize)]
pub struct ActivityType(String);

impl FromStr for ActivityType {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let is_slug = (1..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if is_slug {
            Ok(Self(text.to_owned()))
        } else {
            Err("must be 1 to 32 characters from a-z, 0-9 and _")
        }
    }
}

impl ActivityType {
    const MAX_AT_ONCE: usize = 100;

    /// Parses a comma-separated list of activity types.
    pub fn several(text: &str) -> Result<Vec<String>, &'static str> {
        let types: Result<Vec<String>, _> =
            text.split(',').map(|one| one.parse::<Self>().map(String::from)).collect();
        match types {
            Ok(types) if types.len() <= Self::MAX_AT_ONCE => Ok(types),
            Ok(_) => Err("must be at most 100 activity types, separated by commas"),
            Err(_) => Err(
                "must be activity types separated by commas, each of 1 to 32 characters from a-z, 0-9 and _",
            ),
        }
    }
}
