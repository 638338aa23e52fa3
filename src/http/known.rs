//! What the document knows of each operation. What else a client sends is its mistake, such as
//! `from` where there is no such filter: ignored, it would get an answer to another question.

use std::{
    collections::{BTreeMap, HashMap},
    fmt,
    sync::LazyLock,
};

use actix_web::{
    HttpRequest,
    http::{Method, header::IF_MATCH},
    web::Data,
};
use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Value, json};
use url::form_urlencoded;

use crate::error::{ApiError, ApiResult, FieldError};

/// In the documentation of operations that others than clients of the API open, with what they
/// append: links, pictures on others' pages, what a provider calls.
pub const ANY_PARAMETERS: &str = "x-any-parameters";

/// Names longer than this are nobody's slip, and cost much to compare.
const MAX_NAME_BYTES: usize = 64;

/// Members that a body may have.
#[derive(Debug)]
pub enum Shape {
    /// Whatever it is: a value that is no object, or an object with names of the client's own.
    Any,
    Object(BTreeMap<String, Shape>),
    List(Box<Shape>),
}

/// Left in the request's extensions where the sender is to be judged first: the refusal of a
/// parameter that nobody knows, or of a condition.
pub struct UnknownParameter(pub ApiError);

/// One operation of the document.
pub struct Operation {
    /// `None` when any may come.
    parameters: Option<Vec<String>>,
    /// What is said of what is no whole number within its bounds, by the parameter's name.
    bounds: HashMap<String, String>,
    /// Whether it compares the tags of `If-Match`.
    has_if_match: bool,
    /// Whether it wants a token.
    is_guarded: bool,
    body: Shape,
}

/// Of each path as it is routed, with its method in small letters.
pub type Operations = HashMap<String, HashMap<String, Operation>>;

/// The operations that a server has, made when they are first needed. The server hands them to its
/// workers: they follow from the document, and the document from all handlers.
#[derive(Clone, Copy)]
pub struct Known(pub &'static LazyLock<Operations>);

/// The operations of a document.
pub fn operations(document: &Value) -> Operations {
    let of_path = |item: &Value| {
        let operations = item.as_object().into_iter().flatten();
        operations.map(|(method, value)| (method.clone(), operation(value, document))).collect()
    };
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flatten();
    paths.map(|(path, item)| (path.clone(), of_path(item))).collect()
}

fn operation(value: &Value, document: &Value) -> Operation {
    let parameters = value.get("parameters").and_then(Value::as_array).into_iter().flatten();
    let mut all = parameters.clone();
    let of_query = parameters.filter(|one| text(one, "in") == Some("query"));
    let names = of_query.clone().filter_map(|one| text(one, "name").map(str::to_owned));
    let bounds = of_query.filter_map(|one| {
        Some((text(one, "name")?.to_owned(), bounds_of_whole(one.get("schema")?)?))
    });
    let takes_any = value.get(ANY_PARAMETERS) == Some(&Value::Bool(true));
    let body = value.pointer("/requestBody/content/application~1json/schema");
    Operation {
        parameters: (!takes_any).then(|| names.collect()),
        bounds: bounds.collect(),
        has_if_match: all.any(|one| text(one, "name") == Some("If-Match")),
        is_guarded: ![Some(&json!([])), Some(&json!([{}]))].contains(&value.get("security")),
        body: body.map_or(Shape::Any, |schema| Shape::of(schema, document)),
    }
}

/// Those of the schema, or of the numbers that can be read.
fn bounds_of_whole(schema: &Value) -> Option<String> {
    if text(schema, "type") != Some("integer") {
        return None;
    }
    let widest = match text(schema, "format") {
        Some("int32") => (i32::MIN.into(), i32::MAX.into()),
        _ => (i64::MIN, i64::MAX),
    };
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64).map(|bound| bound as i64);
    let min = bound("minimum").unwrap_or(widest.0);
    let max = bound("maximum").unwrap_or(widest.1);
    Some(format!("must be a whole number between {min} and {max}"))
}

fn text<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

fn find(request: &HttpRequest) -> Option<&'static Operation> {
    let known = request.app_data::<Data<Known>>()?;
    let method = request.method();
    let method = if method == Method::HEAD { "get" } else { &method.as_str().to_lowercase() };
    known.0.get(&request.match_pattern()?)?.get(method)
}

/// 400 `invalid_parameter` with the nearest name for the first parameter of the query that the
/// operation does not have.
pub fn check_query(request: &HttpRequest) -> ApiResult<()> {
    let query = request.query_string();
    if query.is_empty() {
        return Ok(());
    }
    let known = find(request).and_then(|operation| operation.parameters.as_ref());
    let Some(known) = known else { return Ok(()) };
    let mut names = form_urlencoded::parse(query.as_bytes()).map(|(name, _)| name);
    match names.find(|name| !known.iter().any(|known| known == name)) {
        None => Ok(()),
        Some(name) => {
            let problem = problem("parameter", &name, &mut known.iter().map(String::as_str));
            Err(ApiError::invalid_parameter(name.into_owned(), problem))
        }
    }
}

/// What to say of the parameter `name` when it cannot be read and is a whole number.
pub fn bounds(request: &HttpRequest, name: &str) -> Option<String> {
    find(request)?.bounds.get(name).cloned()
}

/// 400 `invalid_parameter` for tags that a change is meant for where none are compared: carried
/// out all the same, it might overwrite what its client has not seen (RFC 9110, section 13.1.1).
/// `*` holds for all that is there.
pub fn check_if_match(request: &HttpRequest) -> ApiResult<()> {
    if !request.headers().contains_key(IF_MATCH) {
        return Ok(());
    }
    let Some(operation) = find(request) else { return Ok(()) };
    let is_change =
        operation.parameters.is_some() && ![Method::GET, Method::HEAD].contains(request.method());
    let mut tags = request.headers().get_all(IF_MATCH);
    if is_change && !operation.has_if_match && tags.any(|tag| tag.as_bytes() != b"*") {
        let problem = "is not compared by this operation, so nothing was done; leave it out";
        return Err(ApiError::invalid_parameter("If-Match", problem));
    }
    Ok(())
}

/// Whether the operation wants a token, which goes before all that it was sent.
pub fn is_guarded(request: &HttpRequest) -> bool {
    find(request).is_some_and(|operation| operation.is_guarded)
}

/// What the body of an operation may have.
pub fn body(request: &HttpRequest) -> &'static Shape {
    find(request).map_or(&Shape::Any, |operation| &operation.body)
}

fn problem(kind: &str, name: &str, known: &mut dyn Iterator<Item = &str>) -> String {
    let mut known: Vec<_> = known.collect();
    let all = known.join(", ");
    let is_alike = |other: &str| strsim::normalized_damerau_levenshtein(name, other);
    if name.len() <= MAX_NAME_BYTES {
        known.sort_by(|one, other| is_alike(other).total_cmp(&is_alike(one)));
    }
    match known.first() {
        None => format!("is not a {kind} here, where none is known"),
        Some(_) if name.len() > MAX_NAME_BYTES => format!("is not a {kind} here; there are {all}"),
        Some(only) if known.len() == 1 => format!("is not a {kind} here; there is {only}"),
        Some(nearest) => {
            format!("is not a {kind} here; did you mean {nearest}? There are {all}")
        }
    }
}

impl Shape {
    fn of(schema: &Value, document: &Value) -> Self {
        let mut members = BTreeMap::new();
        match gather(schema, document, &mut members) {
            Some(shape) => shape,
            None if members.is_empty() => Self::Any,
            None => Self::Object(members),
        }
    }

    /// The members of a JSON text that are not known here, as paths, with what is wrong with each.
    /// An error of the text itself is for its parser to find.
    pub fn unknown(&self, json: &str) -> Vec<FieldError> {
        let mut found = Vec::new();
        let mut deserializer = serde_json::Deserializer::from_str(json);
        let walk = Walk { shape: self, path: String::new(), found: &mut found };
        drop(walk.deserialize(&mut deserializer));
        found
    }
}

/// Collects the members of an object from all parts of its schema; the shape of what is no such
/// object.
fn gather(
    schema: &Value,
    document: &Value,
    members: &mut BTreeMap<String, Shape>,
) -> Option<Shape> {
    if let Some(target) = text(schema, "$ref").and_then(|target| target.strip_prefix('#')) {
        return gather(document.pointer(target)?, document, members);
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

/// Walks over one value without keeping it.
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

    // Of another type than it should be, which its parser says.
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
