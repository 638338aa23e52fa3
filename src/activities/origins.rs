//! Where the values of an activity come from: a device, a computation, or its owner.

use serde::Serialize;

use crate::db::JsonText;

/// What stands for any field, where nobody remembers which its owner has changed.
pub const ANY: &str = "*";

/// What the log remembers of the values of a row; `None` where it does not know.
#[derive(Serialize)]
pub struct Origins {
    /// The fields that were computed from the track.
    pub computed: Option<Vec<String>>,
    /// The fields that their owner has changed.
    pub edited: Option<Vec<String>>,
    /// Own values that those of another record are shown for.
    pub replaced: Option<JsonText>,
}

impl Origins {
    /// Of an activity that nobody has changed.
    pub fn of_new(computed: &[&str]) -> Self {
        let mut computed: Vec<_> = computed.iter().map(|field| (*field).to_owned()).collect();
        // As the database has them, so that the same are equal.
        computed.sort_unstable();
        Self { computed: Some(computed), edited: Some(Vec::new()), replaced: None }
    }
}

/// What was measured of an activity that is there.
pub struct Measurement {
    /// An object: what is given of the columns.
    pub given: JsonText,
    /// Which of that was computed.
    pub computed: Vec<&'static str>,
    /// Whether the activity has come from there alone, and so has nothing else.
    pub is_authority: bool,
}

/// Nothing is known.
impl Default for Measurement {
    fn default() -> Self {
        Self { given: JsonText::empty(), computed: Vec::new(), is_authority: false }
    }
}
