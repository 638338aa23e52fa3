//! What the API document defines for each operation, to reject anything else in a request. A
//! parameter that does not exist, such as `from` on an operation without this filter, must not be
//! ignored: the response would answer another question.

use std::{collections::HashMap, sync::LazyLock};

use actix_web::{
    HttpRequest,
    http::{Method, header::IF_MATCH},
    web::Data,
};
use serde_json::{Value, json};
use url::form_urlencoded;

use super::shape::{Shape, problem, target, text};
use crate::error::{ApiError, ApiResult};

/// The extension of operations that are opened by others than API clients, who may append
/// parameters: links, pictures embedded in other sites, callbacks of providers.
pub const ANY_PARAMETERS: &str = "x-any-parameters";

/// Put into the request's extensions if the client must be authenticated first: the error for an
/// unknown parameter or an unsupported `If-Match`.
pub struct UnknownParameter(pub ApiError);

/// An operation of the API document.
pub struct Operation {
    /// `None` if any parameters are allowed.
    parameters: Option<Vec<String>>,
    /// The error message for an invalid whole number, by parameter name.
    bounds: HashMap<String, String>,
    /// Whether it supports `If-Match`.
    has_if_match: bool,
    /// Whether it requires a token.
    is_guarded: bool,
    body: Shape,
}

/// Operations by path template and lower-case method.
pub type Operations = HashMap<String, HashMap<String, Operation>>;

/// All operations, computed on first use. The server passes them to its workers, because they
/// depend on the document, and the document depends on all handlers.
#[derive(Clone, Copy)]
pub struct Known(pub &'static LazyLock<Operations>);

/// The operations of an API document.
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
    let parameters = parameters.map(|one| target(one, document).unwrap_or(one));
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
        is_guarded: value.get("security") != Some(&json!([])),
        body: body.map_or(Shape::Any, |schema| Shape::of(schema, document)),
    }
}

/// The bounds in the schema, or else those of its integer type.
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

/// 400 `invalid_parameter` for the first unknown query parameter, with the most similar name.
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

/// The error message for the whole number `name` if it cannot be parsed.
pub fn bounds(request: &HttpRequest, name: &str) -> Option<String> {
    find(request)?.bounds.get(name).cloned()
}

/// 400 `invalid_parameter` for an `If-Match` on a write that does not support it. Ignoring the
/// header could overwrite changes that the client has not seen (RFC 9110, section 13.1.1). `*` is
/// accepted, because it matches anything that exists.
pub fn check_if_match(request: &HttpRequest) -> ApiResult<()> {
    if !request.headers().contains_key(IF_MATCH) {
        return Ok(());
    }
    let Some(operation) = find(request) else { return Ok(()) };
    let is_change =
        operation.parameters.is_some() && ![Method::GET, Method::HEAD].contains(request.method());
    let mut tags = request.headers().get_all(IF_MATCH);
    if is_change && !operation.has_if_match && tags.any(|tag| tag.as_bytes() != b"*") {
        let problem = "is not supported by this operation, so nothing was done; leave it out";
        return Err(ApiError::invalid_parameter("If-Match", problem));
    }
    Ok(())
}

/// Whether the operation requires a token. If so, the token is checked before anything else.
pub fn is_guarded(request: &HttpRequest) -> bool {
    find(request).is_some_and(|operation| operation.is_guarded)
}

/// The members that the body of the operation may have.
pub fn body(request: &HttpRequest) -> &'static Shape {
    find(request).map_or(&Shape::Any, |operation| &operation.body)
}
