//! Request bodies: JSON of a bounded size, depth and patience, with the field at fault named.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{
    FromRequest, HttpMessage, HttpRequest,
    dev::Payload,
    error::PayloadError,
    web::{Bytes, BytesMut},
};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde_json::error::Category;

use super::text::is_too_deep;
use crate::error::{ApiError, ApiResult, ErrorCode, FieldError};

/// Bodies under `/auth` and `/me`.
const SMALL: usize = 64 * 1024;

/// A client that sends its body slower than this is let go.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// A JSON body of at most `LIMIT` bytes as `T`.
///
/// 415 without a JSON content type, 413 above `LIMIT`, 400 `malformed_json` when it is no
/// JSON, 422 `validation_failed` with the field when a value has the wrong type.
pub struct ApiJson<T, const LIMIT: usize = SMALL>(pub T);

impl<T: DeserializeOwned + 'static, const LIMIT: usize> FromRequest for ApiJson<T, LIMIT> {
    type Error = ApiError;
    type Future = Pin<Box<dyn Future<Output = ApiResult<Self>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let is_json = is_json(request);
        let payload = payload.take();
        Box::pin(async move {
            if !is_json {
                return Err(ApiError::new(
                    ErrorCode::UnsupportedMediaType,
                    "the body must be JSON, with Content-Type: application/json",
                ));
            }
            let body = tokio::time::timeout(BODY_TIMEOUT, read(payload, LIMIT)).await.map_err(
                |_| ApiError::new(ErrorCode::MalformedRequest, "the body came too slowly"),
            )??;
            parse(&body).map(Self)
        })
    }
}

fn is_json(request: &HttpRequest) -> bool {
    let content_type = request.content_type();
    content_type.eq_ignore_ascii_case("application/json")
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

fn parse<T: DeserializeOwned>(body: &[u8]) -> ApiResult<T> {
    if is_too_deep(body) {
        return Err(malformed("nests more than 64 levels deep"));
    }
    let mut deserializer = serde_json::Deserializer::from_slice(body);
    let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| {
        let path = error.path().to_string();
        match error.inner().classify() {
            Category::Data => wrong_type(path, &error.inner().to_string()),
            _ => malformed(&error.inner().to_string()),
        }
    })?;
    deserializer.end().map_err(|error| malformed(&error.to_string()))?;
    Ok(value)
}

fn malformed(problem: &str) -> ApiError {
    ApiError::new(ErrorCode::MalformedJson, format!("the body is not valid JSON: {problem}"))
}

/// serde says "invalid type: …the value…, expected X at line …"; only X is worth repeating.
fn wrong_type(path: String, problem: &str) -> ApiError {
    let problem = problem.rsplit_once(" at line ").map_or(problem, |(problem, _)| problem);
    let message = match problem.rsplit_once("expected ") {
        Some((_, expected)) => format!("must be {expected}"),
        None => problem.to_owned(),
    };
    let field = if path == "." { "body".to_owned() } else { path };
    ApiError::validation(vec![FieldError {
        field: field.into(),
        code: "invalid_type",
        message: message.into(),
    }])
}
