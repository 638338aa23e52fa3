//! Fields of an update: absent, `null` and a value are three different things.

use serde::{Deserialize, Deserializer};

/// A field of a request body. Needs `#[serde(default)]` on the struct.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Patch<T> {
    /// Not mentioned: stays as it is.
    #[default]
    Absent,
    /// `null`: is cleared.
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Patch<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Option::deserialize(deserializer).map(|value| value.map_or(Self::Null, Self::Value))
    }
}

impl<T> Patch<T> {
    /// What it is, leaving it absent.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// For columns that may be NULL: `None` leaves it, `Some(None)` clears it.
    pub fn into_nullable(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The value, where `null` means the same as absent.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}
