//! Parses the items of a batch, each of which may be invalid.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::types::{BatchBody, MAX_ITEMS, Target, TargetBody};
use crate::{
    activities::{
        body::{ActivityBody, NewActivityBody},
        types::{ActivityChanges, NewActivity},
    },
    error::{ApiError, ApiResult, FieldError},
    http::parse_part,
};

/// The items of a request, each valid or with its error.
pub struct Parsed {
    pub activities: Vec<ApiResult<NewActivity>>,
    pub updates: Vec<ApiResult<(Target, ActivityChanges)>>,
    pub deletes: Vec<ApiResult<Target>>,
}

/// Parses each item separately. 422 if there are none or too many.
pub fn parse(body: BatchBody) -> ApiResult<Parsed> {
    let BatchBody { activities, updates, deletes } = body;
    if !(1..=MAX_ITEMS).contains(&(activities.len() + updates.len() + deletes.len())) {
        let problem =
            format!("must have 1 to {MAX_ITEMS} items, together with updates and deletes");
        let fault = FieldError::new("activities", "out_of_range", problem);
        return Err(ApiError::validation(vec![fault]));
    }
    let update = |item: Box<RawValue>| {
        let target = parse_part::<TargetBody>(&item)?.parse()?;
        Ok((target, parse_part::<ActivityBody>(&item)?.parse_changes()?))
    };
    let delete = |item: Box<RawValue>| parse_part::<TargetBody>(&item)?.parse();
    Ok(Parsed {
        activities: creates(activities),
        updates: updates.into_iter().map(update).collect(),
        deletes: deletes.into_iter().map(delete).collect(),
    })
}

fn creates(items: Vec<Box<RawValue>>) -> Vec<ApiResult<NewActivity>> {
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
    parsed.collect()
}

/// 422 with the faults of all items, if there are any. A field is named `activities[3].notes`.
pub fn all_or_nothing(parsed: Parsed) -> ApiResult<Parsed> {
    let mut faults = faults_of("activities", &parsed.activities);
    faults.extend(faults_of("updates", &parsed.updates));
    faults.extend(faults_of("deletes", &parsed.deletes));
    if faults.is_empty() { Ok(parsed) } else { Err(ApiError::validation(faults)) }
}

fn faults_of<T>(list: &str, items: &[ApiResult<T>]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    let errors = items.iter().enumerate().filter_map(|(i, item)| Some((i, item.as_ref().err()?)));
    for (index, error) in errors {
        let of_item = |name: &str| format!("{list}[{index}].{name}");
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
    faults
}
