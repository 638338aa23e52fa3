//! The members that a request body may have, and detection of unknown ones.

use std::{collections::BTreeMap, fmt};

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::Value;

use crate::error::FieldError;

/// Longer names are not compared with the known ones: they are not typos, and
/// comparing is expensive.
const MAX_NAME_BYTES: usize = 64;

/// The members that a value may have.
#[derive(Debug)]
pub enum Shape {
    /// Anything: a value that is not an object, or an object with arbitrary names.
    Any,
    Object(BTreeMap<String, Shape>),
    List(Box<Shape>),
}

/// The error message for an unknown name.
pub fn problem(kind: &str, name: &str, known: &mut dyn Iterator<Item = &str>) -> String {
    let mut known: Vec<_> = known.collect();
    let all = known.join(", ");
    let is_alike = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
    if name.len() <= MAX_NAME_BYTES {
        known.sort_by(|one, other| is_alike(other).total_cmp(&is_alike(one)));
    }
    match known.first() {
        None => format!("is not a {kind} here; none are supported"),
        Some(_) if name.len() > MAX_NAME_BYTES => format!("is not a {kind} here; supported: {all}"),
        Some(only) if known.len() == 1 => format!("is not a {kind} here; supported: {only}"),
        Some(nearest) => {
            format!("is not a {kind} here; did you mean {nearest}? Supported: {all}")
        }
    }
}

impl Shape {
    /// The shape of a schema in the API document.
    pub fn of(schema: &Value, document: &Value) -> Self {
        let mut members = BTreeMap::new();
        match gather(schema, document, &mut members) {
            Some(shape) => shape,
            None if members.is_empty() => Self::Any,
            None => Self::Object(members),
        }
    }

    /// The unknown members of a JSON text, as paths with error messages. Syntax errors are
    /// left to the parser.
    pub fn unknown(&self, json: &str) -> Vec<FieldError> {
        let mut found = Vec::new();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let walk = Walk { shape: self, path: String::new(), found: &mut found };
        drop(walk.deserialize(&mut deserializer));
        found
    }
}

/// The string member `name` of a schema.
pub fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The value that `$ref` refers to.
pub fn target<'a>(value: &Value, document: &'a Value) -> Option<&'a Value> {
    document.pointer(text(value, "$ref")?.strip_prefix('#')?)
}

/// Collects the members of an object from all parts of its schema. Returns the shape of anything
/// that is not an object with fixed names.
fn gather(
    schema: &Value,
    document: &Value,
    members: &mut BTreeMap<String, Shape>,
) -> Option<Shape> {
    if let Some(target) = target(schema, document) {
        return gather(target, document, members);
    }
    let has_own_names = schema.get("additionalProperties").is_some_and(|value| value != false)
        || schema.get("propertyNames").is_some();
    if has_own_names {
        return Some(Shape::Any);
    }
    if let Some(items) = schema.get("items") {
        return Some(Shape::List(Box::new(Shape::of(items, document))));
    }
    for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten()
    {
        members.insert(name.clone(), Shape::of(member, document));
    }
    let parts = ["allOf", "oneOf", "anyOf"].into_iter().filter_map(|kind| schema.get(kind));
    parts.filter_map(Value::as_array).flatten().find_map(|part| gather(part, document, members))
}

/// Walks through one value without storing it.
struct Walk<'a> {
    shape: &'a Shape,
    path: String,
    found: &'a mut Vec<FieldError>,
}

impl<'de> DeserializeSeed<'de> for Walk<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        match self.shape {
            Shape::Any => deserializer.deserialize_ignored_any(IgnoredAny).map(drop),
            _ => deserializer.deserialize_any(self),
        }
    }
}

impl<'de> Visitor<'de> for Walk<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        while let Some(name) = members.next_key::<String>()? {
            let dot = if self.path.is_empty() { "" } else { "." };
            let path = format!("{}{dot}{name}", self.path);
            let shape = match self.shape {
                Shape::Object(known) => known.get(&name).unwrap_or_else(|| {
                    let problem = problem("member", &name, &mut known.keys().map(String::as_str));
                    self.found.push(FieldError::new(path.clone(), "unknown", problem));
                    &Shape::Any
                }),
                _ => &Shape::Any,
            };
            members.next_value_seed(Walk { shape, path, found: &mut *self.found })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        let shape = if let Shape::List(shape) = self.shape { shape } else { &Shape::Any };
        for index in 0.. {
            let path = format!("{}[{index}]", self.path);
            if items.next_element_seed(Walk { shape, path, found: &mut *self.found })?.is_none() {
                break;
            }
        }
        Ok(())
    }

    // Values of the wrong type are left to the parser.
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }

    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }

    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
}
