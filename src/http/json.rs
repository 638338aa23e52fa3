//! JSON request bodies with limits on size, depth and time. Errors name the invalid field.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    http::header::{CONTENT_LENGTH, TRANSFER_ENCODING},
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::{error::Category, value::RawValue};

use super::{prefer::strictly, refuse_encoded, shape::Shape};
use crate::{
    error::{ApiError, ApiResult, ErrorCode, FieldError},
    fair_use,
    validation::{text::is_too_deep, words},
};

/// The size limit of bodies under `/auth` and `/me`.
pub(super) const SMALL: usize = 64 * 1024;

/// The time limit for receiving a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body of at most `LIMIT` bytes, deserialised to `T`.
///
/// 415 without a JSON content type or with a content encoding, 413 above `LIMIT`, 400
/// `malformed_json` for invalid JSON, 422 `validation_failed` with the field for a value of the
/// wrong type, and with the unknown members if the request has `Prefer: handling=strict`.
pub struct ApiJson<T, const LIMIT: usize = SMALL>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for ApiJson<T, LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = body(request, payload, LIMIT);
        let known = strictly(request);
        Box::pin(async move { parse(&body.await?, known).map(Self) })
    }
}

/// Like [`ApiJson`], but `None` without a body or for `null`.
pub struct OptionalJson<T>(pub Option<T>);

impl<T: DeserializeOwned + 'static> FromRequest for OptionalJson<T> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let is_empty = headers.get(CONTENT_LENGTH).is_none_or(|length| length.as_bytes() == b"0");
        if is_empty && !headers.contains_key(TRANSFER_ENCODING) {
            return Box::pin(async { Ok(Self(None)) });
        }
        let body = body(request, payload, SMALL);
        let known = strictly(request);
        Box::pin(async move {
            let body = body.await?;
            let is_null = body.trim_ascii() == b"null";
            Ok(Self(if is_null { None } else { Some(parse(&body, known)?) }))
        })
    }
}

/// Reads the bytes of a body with a JSON content type.
pub(super) fn body(
    request: &HttpRequest,
    payload: &mut Payload,
    limit: usize,
) -> impl Future<Output = ApiResult<Bytes>> + use<> {
    let is_json = is_json(request);
    let plain = refuse_encoded(request.headers(), &[]);
    let payload = payload.take();
    // A longer body is rejected. A body without `Content-Length` may use the whole limit.
    let bytes = content_length(request).map_or(limit, |bytes| bytes.min(limit));
    async move {
        plain?;
        if !is_json {
            return Err(ApiError::new(
                ErrorCode::UnsupportedMediaType,
                "the body must be JSON, with Content-Type: application/json",
            ));
        }
        fair_use::body(bytes).await?;
        tokio::time::timeout(BODY_TIMEOUT, read(payload, limit)).await.map_err(|_| {
            ApiError::new(ErrorCode::MalformedRequest, "the body arrived too slowly")
        })?
    }
}

fn content_length(request: &HttpRequest) -> Option<usize> {
    request.headers().get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.content_type().to_ascii_lowercase();
    content_type == "application/json"
        || (content_type.starts_with("application/") && content_type.ends_with("+json"))
}

async fn read(mut payload: Payload, limit: usize) -> ApiResult<Bytes> {
    let mut body = BytesMut::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|error| match error {
            PayloadError::Overflow => too_large(limit),
            _ => ApiError::new(ErrorCode::MalformedRequest, "the body ended early or is malformed"),
        })?;
        if body.len() + chunk.len() > limit {
            return Err(too_large(limit));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body.freeze())
}

fn too_large(limit: usize) -> ApiError {
    ApiError::new(
        ErrorCode::BodyTooLarge,
        format!("the body may have at most {} KiB", limit / 1024),
    )
}

/// Parses a body. With `known`, unknown members are rejected.
pub(super) fn parse<T: DeserializeOwned>(body: &[u8], known: Option<&Shape>) -> ApiResult<T> {
    // Check UTF-8 first, because the parser does not validate strings in members that it skips.
    let body = std::str::from_utf8(body).map_err(|_| malformed("it is not UTF-8"))?;
    if is_too_deep(body.as_bytes()) {
        return Err(malformed("it nests more than 64 levels deep"));
    }
    if !body.trim_start().starts_with('{') {
        // Derived `Deserialize` would accept an array and read its items by position.
        serde_json::from_str::<IgnoredAny>(body).map_err(not_json)?;
        return Err(at_fault("body".into(), "invalid_type", "must be a JSON object".into()));
    }
    let unknown = known.map(|known| known.unknown(body)).unwrap_or_default();
    if unknown.is_empty() { deserialize(body) } else { Err(ApiError::validation(unknown)) }
}

/// Deserialises a part of a body that is known to be valid JSON. 422 with the invalid field.
pub fn parse_part<T: DeserializeOwned>(part: &RawValue) -> ApiResult<T> {
    if !part.get().starts_with('{') {
        return Err(at_fault("".into(), "invalid_type", "must be a JSON object".into()));
    }
    deserialize(part.get())
}

fn deserialize<T: DeserializeOwned>(text: &str) -> ApiResult<T> {
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let value = serde_path_to_error::deserialize(&mut deserializer)
        .map_err(|error| explain(error, text))?;
    deserializer.end().map_err(not_json)?;
    Ok(value)
}

fn explain(error: serde_path_to_error::Error<serde_json::Error>, text: &str) -> ApiError {
    let path = error.path().to_string();
    let error = error.into_inner();
    let problem = error.to_string();
    // serde's message has the form "invalid type: …the value…, expected X at line …".
    let problem = problem.rsplit_once(" at line ").map_or(&*problem, |(problem, _)| problem);
    let is_value = match error.classify() {
        Category::Data => true,
        // For example, a number where the parser expects a string.
        _ => problem == "expected value" && serde_json::from_str::<IgnoredAny>(text).is_ok(),
    };
    if is_value { wrong_value(path, problem) } else { not_json(error) }
}

fn not_json(error: serde_json::Error) -> ApiError {
    let problem = error.to_string();
    if problem.starts_with("number out of range") {
        return malformed("it has a number beyond 1.8e308");
    }
    if problem.contains("surrogate") || problem.contains("hex escape") {
        return malformed("it has an unpaired surrogate");
    }
    malformed(&format!("see line {}, character {}", error.line(), error.column()))
}

fn malformed(problem: &str) -> ApiError {
    ApiError::new(ErrorCode::MalformedJson, format!("the body is not valid JSON: {problem}"))
}

fn wrong_value(path: String, problem: &str) -> ApiError {
    // An error in the body itself, or in one item of a list.
    let path = if path == "." { String::new() } else { path };
    let Some((name, (code, message))) = words::of_presence(problem) else {
        let (code, message) = words::of_value(problem);
        return at_fault(path, code, message);
    };
    let parent = match path.rsplit_once('.') {
        // For a duplicate member, the path may already include its name.
        Some((parent, last)) if last == name => parent,
        None if path == name => "",
        _ => &path,
    };
    let dot = if parent.is_empty() { "" } else { "." };
    at_fault(format!("{parent}{dot}{name}"), code, message)
}

fn at_fault(field: String, code: &'static str, message: String) -> ApiError {
    ApiError::validation(vec![FieldError::new(field, code, message)])
}
