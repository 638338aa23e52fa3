//! Defaults in the document. Generators disagree on what a `default` means: openapi-typescript
//! makes the field required in requests. Here each becomes a sentence of the field's description.

use std::collections::BTreeMap;

use utoipa::openapi::{RefOr, Schema};

/// Moves the defaults of all fields into their descriptions.
pub fn complete(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    schemas.values_mut().for_each(complete_schema);
}

fn complete_schema(schema: &mut RefOr<Schema>) {
    match schema {
        RefOr::T(Schema::Object(object)) => object.properties.values_mut().for_each(describe),
        RefOr::T(Schema::AllOf(all_of)) => all_of.items.iter_mut().for_each(complete_schema),
        _ => {}
    }
}

fn describe(field: &mut RefOr<Schema>) {
    let (default, description) = match field {
        RefOr::T(Schema::Object(object)) => (object.default.take(), &mut object.description),
        RefOr::T(Schema::OneOf(one_of)) => (one_of.default.take(), &mut one_of.description),
        _ => return,
    };
    if let Some(default) = default.filter(|default| !default.is_null()) {
        let before = description.take().map(|text| text + " ").unwrap_or_default();
        *description = Some(format!("{before}Default: `{default}`."));
    }
}
