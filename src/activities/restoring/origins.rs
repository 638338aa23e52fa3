//! Value origins restored from another server.

use serde_json::{Map, Value};

use crate::{
    activities::{ANY, Origins, body::ActivityBody, merging::FIELDS},
    db::JsonText,
};

/// The fields that a person may change, in addition to [`FIELDS`].
const OTHERS: [&str; 2] = ["activity_type", "started_at"];

impl Origins {
    /// The origins of a row from another server. Unknown fields are dropped, and so are
    /// invalid `replaced` values.
    pub fn restored(
        mut computed: Option<Vec<String>>,
        mut edited: Option<Vec<String>>,
        replaced: Option<Map<String, Value>>,
    ) -> Self {
        let is_known = |field: &String| FIELDS.contains(&field.as_str());
        if let Some(computed) = &mut computed {
            computed.retain(is_known);
        }
        if let Some(edited) = &mut edited {
            edited
                .retain(|name| is_known(name) || [ANY].iter().chain(&OTHERS).any(|it| it == name));
        }
        let replaced = replaced.and_then(|mut replaced| {
            replaced.retain(|field, value| is_known(field) && !value.is_null());
            let body: ActivityBody = serde_json::from_value(replaced.clone().into()).ok()?;
            body.parse_changes().ok()?;
            JsonText::of(&replaced).ok()
        });
        Self { computed, edited, replaced }
    }
}
