//! What the document knows of each operation. What else a client sends is its mistake, such as
//! `from` where there is no such filter: ignored, it would get an answer to another question.

use std::{collections::HashMap, sync::LazyLock};

use actix_web::{
    HttpRequest,
    http::{Method, header::IF_MATCH},
    web::Data,
};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::shape::{Shape, problem, text};
use crate::error::{ApiError, ApiResult};

/// In the documentation of operations that others than clients of the API open, with what they
/// append: links, pictures on others' pages, what a provider calls.
pub const ANY_PARAMETERS: &str = "x-any-parameters";

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
