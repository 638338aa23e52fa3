//! Origins of an activity's values: a device, a computation, or the owner.

use serde::Serialize;

use crate::db::JsonText;

/// Stands for any field, where it is not known which fields the owner has changed.
pub const ANY: &str = "*";

/// What is known about the origin of a row's values; `None` means unknown.
#[derive(Serialize)]
pub struct Origins {
    /// The fields that were computed from the track.
    pub computed: Option<Vec<String>>,
    /// The fields that the owner has changed.
    pub edited: Option<Vec<String>>,
    /// The activity's own values that are replaced by those of a merged record.
    pub replaced: Option<JsonText>,
}

impl Origins {
    /// The origins of a new activity, which nobody has changed.
    pub fn of_new(computed: &[&str]) -> Self {
        let mut computed: Vec<_> = computed.iter().map(|field| (*field).to_owned()).collect();
        // Sorted as in the database, so that equal sets compare as equal.
        computed.sort_unstable();
        Self { computed: Some(computed), edited: Some(Vec::new()), replaced: None }
    }
}

/// A new measurement of an existing activity.
pub struct Measurement {
    /// A JSON object with the measured columns.
    pub given: JsonText,
    /// The columns of `given` that were computed.
    pub computed: Vec<&'static str>,
    /// Whether the activity has no other source, so that computed values may replace measured ones.
    pub is_authority: bool,
}

/// An empty measurement.
impl Default for Measurement {
    fn default() -> Self {
        Self { given: JsonText::empty(), computed: Vec::new(), is_authority: false }
    }
}
