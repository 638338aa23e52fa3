//! Parses the activities of a batch, each of which may be invalid.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::types::MAX_ITEMS;
use crate::{
    activities::{body::NewActivityBody, types::NewActivity},
    error::{ApiError, ApiResult, FieldError},
    http::parse_part,
};

/// The activities of the request, each valid or with its error.
pub type Parsed = Vec<ApiResult<NewActivity>>;

/// Parses each activity separately. 422 if there are none or too many.
pub fn parse(items: Vec<Box<RawValue>>) -> ApiResult<Parsed> {
    if !(1..=MAX_ITEMS).contains(&items.len()) {
        let problem = format!("must have 1 to {MAX_ITEMS} items");
        let fault = FieldError::new("activities", "out_of_range", problem);
        return Err(ApiError::validation(vec![fault]));
    }
    let (mut named, mut ids) = (HashSet::new(), HashSet::new());
    let parsed = items.into_iter().map(|item| {
        let new = parse_part::<NewActivityBody>(&item)?.parse()?;
        let name =
            new.external_id().map(|external_id| (new.source.clone(), external_id.to_owned()));
        if name.is_some_and(|name| !named.insert(name)) {
            let fault = FieldError::new("external_id", "duplicate", "is given twice in this batch");
            return Err(ApiError::validation(vec![fault]));
        }
        if new.id.is_some_and(|id| !ids.insert(id)) {
            let fault = FieldError::new("id", "duplicate", "is given twice in this batch");
            return Err(ApiError::validation(vec![fault]));
        }
        Ok(new)
    });
    Ok(parsed.collect())
}

/// 422 with the faults of all activities, if there are any. A field is named `activities[3].notes`.
pub fn all_or_nothing(parsed: Parsed) -> ApiResult<Parsed> {
    let mut faults = Vec::new();
    for (index, error) in
        parsed.iter().enumerate().filter_map(|(i, item)| Some((i, item.as_ref().err()?)))
    {
        let of_item = |name: &str| format!("activities[{index}].{name}");
        if error.fields.is_empty() {
            // Invalid JSON that is found only when the part is parsed: `1e400`,
            // half of a surrogate pair.
            let name = of_item("").trim_end_matches('.').to_owned();
            faults.push(FieldError::new(name, "invalid_format", error.message.to_string()));
        }
        faults.extend(error.fields.iter().cloned().map(|fault| FieldError {
            field: of_item(&fault.field).trim_end_matches('.').to_owned().into(),
            ..fault
        }));
    }
    if faults.is_empty() { Ok(parsed) } else { Err(ApiError::validation(faults)) }
}
