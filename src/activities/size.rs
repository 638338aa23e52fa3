//! How much text an activity may have in all.

use super::types::{Activity, Details};
use crate::{
    db::JsonText,
    error::{ApiError, ApiResult, FieldError},
    validation::json_bytes,
};

/// Of notes, laps, sets and device data together.
pub const MAX_BYTES: usize = 1024 * 1024;

impl Details {
    /// The fields that may be large and have a value.
    pub fn large_fields(&self) -> Vec<&'static str> {
        self.sizes().into_iter().filter(|(_, bytes)| *bytes > 0).map(|(name, _)| name).collect()
    }

    /// 422 with the fields that have too much text together.
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
    /// 422 with the fields that `changed` if it has too much text now.
    pub fn check_size(&self, changed: &[&'static str]) -> ApiResult<()> {
        let [laps, sets, device_data] = self.json();
        let json = size(laps) + size(sets) + size(device_data);
        check(json + self.summary.notes.as_ref().map_or(0, String::len), changed)
    }
}

/// How many bytes it has as PostgreSQL writes it, without spaces.
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
