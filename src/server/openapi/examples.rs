//! Whole examples of bodies and answers, by the name of their schema, from `examples.json`.

use std::collections::BTreeMap;

use serde_json::Value;
use utoipa::openapi::{RefOr, Schema};

const EXAMPLES: &str = include_str!("examples.json");

/// Adds the examples to the schemas. Tests ensure that each has a schema and is valid.
pub fn complete(schemas: &mut BTreeMap<String, RefOr<Schema>>) {
    let examples: BTreeMap<String, Value> = serde_json::from_str(EXAMPLES).unwrap_or_default();
    for (name, example) in examples {
        match schemas.get_mut(&name) {
            Some(RefOr::T(Schema::Object(object))) => object.examples = vec![example],
            Some(RefOr::T(Schema::AllOf(all_of))) => all_of.examples = vec![example],
            _ => {}
        }
    }
}
