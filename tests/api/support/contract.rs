//! Checks every answer of every test against the OpenAPI document.

use std::{
    cmp::Reverse,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex},
};

use super::Answer;
use jsonschema::Validator;
use serde_json::Value;
use sports_log::server::openapi::document;

/// The document as JSON, with each parameter at the operations that have it.
pub static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = serde_json::to_value(document()).expect("the document is JSON");
    let shared = document["components"]["parameters"].clone();
    let operations = document["paths"].as_object_mut().unwrap().values_mut();
    let operations = operations.flat_map(|item| item.as_object_mut().unwrap().values_mut());
    for parameters in operations.filter_map(|operation| operation.get_mut("parameters")) {
        for parameter in parameters.as_array_mut().unwrap() {
            if let Some(reference) = parameter["$ref"].as_str() {
                let name = reference.strip_prefix("#/components/parameters/").unwrap();
                *parameter = shared[name].clone();
            }
        }
    }
    document
});

/// The document with schemas that allow only the members that they name.
static STRICT: LazyLock<Value> = LazyLock::new(|| {
    let mut document = DOCUMENT.clone();
    close(&mut document["paths"], false);
    close(&mut document["components"]["responses"], false);
    for schema in document["components"]["schemas"].as_object_mut().unwrap().values_mut() {
        // It may be a part of another schema, so it is closed where it is used.
        close(schema, true);
    }
    document
});

/// Makes schemas refuse members that they do not name, except the parts of a composition.
fn close(value: &mut Value, is_part: bool) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| close(item, false)),
        Value::Object(members) => {
            for (name, member) in members.iter_mut() {
                match (name.as_str(), member) {
                    ("allOf", Value::Array(parts)) => {
                        parts.iter_mut().for_each(|part| close(part, true));
                    }
                    ("example" | "examples", _) => {}
                    (_, member) => close(member, false),
                }
            }
            let is_schema = ["$ref", "properties", "allOf"].iter().any(|name| {
                // A property may have the same name as a keyword. The value tells them apart.
                members.get(*name).is_some_and(|value| !value["type"].is_string())
            });
            if is_schema && !is_part {
                members.insert("unevaluatedProperties".into(), false.into());
            }
        }
        _ => {}
    }
}

/// Panics if the document does not describe this answer.
#[track_caller]
pub fn check(answer: &Answer) {
    let path = answer.path.split(['?', '#']).next().unwrap_or_default();
    let Some((template, item)) = find(path) else { return };
    let method = if answer.method == "HEAD" { "get" } else { &answer.method.to_lowercase() };
    let what = format!("{} {} → {}", answer.method, answer.path, answer.status);
    // Preflight requests of browsers are answered before routing.
    if answer.method == "OPTIONS" && answer.status != 405 {
        return;
    }
    let Some(operation) = item.get(method) else {
        assert_eq!(answer.status.as_u16(), 405, "{what} is not in the document");
        return;
    };
    let status = answer.status.as_str();
    let Some(described) = operation["responses"].get(status) else {
        panic!("{what} is not in the document: {}", answer.text());
    };
    let response = resolved(described);
    for name in response["headers"].as_object().into_iter().flat_map(|headers| headers.keys()) {
        // Limits can be off.
        let is_optional = name.starts_with("RateLimit");
        let is_there = is_optional || answer.headers.contains_key(name.to_lowercase().as_str());
        assert!(is_there, "{what} has no {name}");
    }
    if answer.method == "HEAD" {
        return;
    }
    let Some(content) = response["content"].as_object() else {
        assert!(answer.body.is_empty(), "{what} has a body: {}", answer.text());
        return;
    };
    let content_type = answer.header("content-type");
    let is_documented = content.contains_key("*/*") || content.contains_key(content_type);
    assert!(is_documented, "{what} is {content_type}");
    if content_type == "application/json" && !answer.headers.contains_key("content-encoding") {
        let faults: Vec<String> =
            validator(&format!("{method} {template} {status}"), &content[content_type]["schema"])
                .iter_errors(&answer.json())
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
        assert!(faults.is_empty(), "{what} {}: {faults:?}", answer.text());
        if let (true, Some(code)) = (answer.status.as_u16() >= 400, answer.json()["code"].as_str())
        {
            let codes = described["description"].as_str().or(response["description"].as_str());
            let is_listed = codes.unwrap_or_default().contains(&format!("`{code}`"));
            assert!(is_listed, "{what}: {code} is not among {codes:?}");
        }
    }
}

/// A response, or the component that it refers to.
fn resolved(response: &'static Value) -> &'static Value {
    let component = response["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    component.and_then(|pointer| STRICT.pointer(pointer)).unwrap_or(response)
}

/// Panics unless `value` matches `schema`, a part of the document.
#[track_caller]
pub fn assert_valid(schema: &Value, value: &Value) {
    let fault =
        validator(&schema.to_string(), schema).iter_errors(value).next().map(|f| f.to_string());
    assert_eq!(fault, None, "{value} is none of {schema}");
}

/// The path of the document that matches `path`. Fixed paths take precedence over those with
/// parameters, and `{token}.svg` over `{token}`.
fn find(path: &str) -> Option<(&'static str, &'static Value)> {
    let paths = STRICT["paths"].as_object()?;
    let steps: Vec<&str> = path.split('/').collect();
    let mut found: Vec<_> = paths
        .iter()
        .filter(|(template, _)| {
            let expected: Vec<&str> = template.split('/').collect();
            expected.len() == steps.len()
                && expected.iter().zip(&steps).all(|(expected, step)| {
                    let (name, ending) = expected.split_once('}').unwrap_or((expected, ""));
                    expected == step
                        || (name.starts_with('{')
                            && step.len() > ending.len()
                            && step.ends_with(ending))
                })
        })
        .collect();
    found.sort_by_key(|(template, _)| (template.matches('{').count(), Reverse(template.len())));
    found.first().map(|(template, item)| (template.as_str(), *item))
}

/// The validator of a schema of the document, built once.
fn validator(name: &str, schema: &Value) -> Arc<Validator> {
    static VALIDATORS: LazyLock<Mutex<HashMap<String, Arc<Validator>>>> =
        LazyLock::new(Mutex::default);
    let mut validators = VALIDATORS.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let build = || {
        let mut schema = schema.clone();
        schema["components"] = STRICT["components"].clone();
        let options = jsonschema::options().should_validate_formats(true);
        Arc::new(options.build(&schema).expect("a schema"))
    };
    Arc::clone(validators.entry(name.to_owned()).or_insert_with(build))
}
