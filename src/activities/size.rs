//! Limit on the text of an activity.

use super::types::{Activity, Details};
use crate::{
    db::JsonText,
    error::{ApiError, ApiResult, FieldError},
    validation::json_bytes,
};

/// Limit for notes, laps, sets and device data together.
pub const MAX_BYTES: usize = 1024 * 1024;

impl Details {
    /// The names of the large fields that have a value.
    pub fn large_fields(&self) -> Vec<&'static str> {
        self.sizes().into_iter().filter(|(_, bytes)| *bytes > 0).map(|(name, _)| name).collect()
    }

    /// 422 naming the large fields if they exceed the limit together.
    pub fn check_size(&self) -> ApiResult<()> {
        let bytes = self.sizes().iter().map(|(_, bytes)| bytes).sum();
        check(bytes, &self.large_fields())
    }

    fn sizes(&self) -> [(&'static str, usize); 4] {
        let json = |json: &Option<Option<JsonText>>| size(json.as_ref().and_then(Option::as_ref));
        let notes = self.notes.as_ref().and_then(Option::as_ref);
        [
            ("notes", notes.map_or(0, String::len)),
            ("laps", json(&self.laps)),
            ("sets", json(&self.sets)),
            ("device_data", json(&self.device_data)),
        ]
    }
}

impl Activity {
    /// 422 naming the fields in `changed` if the activity now exceeds the limit.
    pub fn check_size(&self, changed: &[&'static str]) -> ApiResult<()> {
        let [laps, sets, device_data] = self.json();
        let json = size(laps) + size(sets) + size(device_data);
        check(json + self.summary.notes.as_ref().map_or(0, String::len), changed)
    }
}

/// Size in bytes as PostgreSQL writes the JSON, without spaces.
fn size(json: Option<&JsonText>) -> usize {
    json.map_or(0, |json| json_bytes(json.as_str()))
}

fn check(bytes: usize, at_fault: &[&'static str]) -> ApiResult<()> {
    if bytes <= MAX_BYTES {
        return Ok(());
    }
    let fault = |name: &&'static str| {
        let problem = format!(
            "must have at most {} KiB together with the other long fields",
            MAX_BYTES / 1024
        );
        FieldError::new(*name, "too_long", problem)
    };
    Err(ApiError::validation(at_fault.iter().map(fault).collect()))
}
