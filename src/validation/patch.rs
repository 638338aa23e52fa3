//! Fields of an update, which distinguish an absent field, `null` and a value.

use serde::{Deserialize, Deserializer};

/// A field of a request body. Needs `#[serde(default)]` on the field or the struct.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Patch<T> {
    /// Not in the body: stays unchanged.
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
    /// Takes the field and leaves `Absent`.
    pub fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// For nullable columns: `None` leaves the column unchanged, `Some(None)` clears it.
    pub fn into_nullable(self) -> Option<Option<T>> {
        match self {
            Self::Absent => None,
            Self::Null => Some(None),
            Self::Value(value) => Some(Some(value)),
        }
    }

    /// The value. `null` counts as absent.
    pub fn into_option(self) -> Option<T> {
        match self {
            Self::Value(value) => Some(value),
            Self::Absent | Self::Null => None,
        }
    }
}
