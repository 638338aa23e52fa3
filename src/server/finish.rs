//! The outermost middleware: headers that every response has, and the bodies of errors.
//!
//! Errors of the framework arrive here with an empty body and get the same body as the API's own,
//! so that clients parse only one format.

use actix_web::{
    Error, HttpMessage, HttpResponse,
    body::{BoxBody, EitherBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    http::{
        ConnectionType, StatusCode,
        header::{self, HeaderMap, HeaderName, HeaderValue},
    },
    middleware::Next,
    web::Data,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    compression,
    request_id::{RequestId, X_REQUEST_ID},
};
use crate::{
    error::{ApiError, ErrorCode, FieldError, RateLimitStatus},
    http::{
        self,
        prefer::{PREFERENCE_APPLIED, Strictly},
    },
    state::WorkerState,
};

/// A year, the minimum for preload lists of browsers (RFC 6797).
const HSTS: HeaderValue = HeaderValue::from_static("max-age=31536000");

const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// The code of an error, put into the response's extensions for the log line.
#[derive(Clone, Copy, Debug)]
pub struct LoggedCode(pub ErrorCode);

/// The body of every response that is not 2xx.
#[derive(Serialize, ToSchema)]
#[schema(as = ApiError)]
pub struct ErrorBody<'a> {
    /// Human-readable message.
    error: &'a str,
    code: ErrorCode,
    /// The same as the `X-Request-Id` header.
    request_id: &'a str,
    /// The invalid fields, if any.
    #[serde(skip_serializing_if = "<[FieldError]>::is_empty")]
    fields: &'a [FieldError],
}

/// Adds the request id and the security headers, and writes the bodies of errors.
pub async fn finish<B: MessageBody>(
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B, BoxBody>>, Error> {
    let id = RequestId::of(&request);
    let id = id.as_ref();
    compression::accept_any(&mut request);
    let state = request.app_data::<Data<WorkerState>>().cloned();
    if let Some(state) = &state {
        state.requests.count_one();
    }
    let response = next.call(request).await?.map_into_left_body();
    let status = response.status();
    let mut response = if status.is_client_error() || status.is_server_error() {
        explain(response, id)
    } else {
        response
    };
    let standing = response.request().extensions().get::<RateLimitStatus>().copied();
    let is_strict = response.request().extensions().contains::<Strictly>();
    add_headers(response.headers_mut(), id, standing);
    if is_strict {
        let (name, value) = PREFERENCE_APPLIED;
        response.headers_mut().insert(name, value);
    }
    if state.as_ref().is_some_and(|state| state.is_behind_tls) {
        response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, HSTS);
    }
    if state.is_some_and(|state| state.is_leaving()) {
        // The client should send its next request to another server, or to the next
        // version of this one.
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    compression::tidy(response.headers_mut());
    Ok(response)
}

/// Writes the body of an error.
fn explain<B: MessageBody>(
    response: ServiceResponse<EitherBody<B, BoxBody>>,
    id: &str,
) -> ServiceResponse<EitherBody<B, BoxBody>> {
    let ours = response.response().error().and_then(|error| error.as_error::<ApiError>());
    let of_framework;
    let error = match ours {
        Some(error) => error,
        None => {
            of_framework = framework_error(response.status());
            &of_framework
        }
    };
    if let Some(cause) = &error.cause {
        if error.code == ErrorCode::Internal {
            tracing::error!(error.code = %error.code, error.cause = %cause, "request failed");
        } else {
            tracing::warn!(error.code = %error.code, error.cause = %cause, "request failed");
        }
    }
    let body = ErrorBody {
        error: &error.message,
        code: error.code,
        request_id: id,
        fields: &error.fields,
    };
    let mut answer = HttpResponse::build(error.code.status()).json(body);
    let headers = answer.headers_mut();
    for (name, value) in response.headers() {
        let is_for_browsers =
            name.as_str().starts_with("access-control-") || *name == header::SET_COOKIE;
        if is_for_browsers || *name == header::ALLOW || *name == header::VARY {
            headers.append(name.clone(), value.clone());
        }
    }
    if error.code.status() == StatusCode::UNAUTHORIZED {
        headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    if let Some(seconds) = error.retry_after_secs.or(error.code.retry_after_secs()) {
        headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    if error.code == ErrorCode::UnsupportedMediaType
        && let Some(encodings) = http::accepted(response.request().headers())
    {
        headers.insert(header::ACCEPT_ENCODING, encodings);
    }
    if let Some(standing) = error.standing {
        response.request().extensions_mut().insert(standing);
    }
    answer.extensions_mut().insert(LoggedCode(error.code));
    let (request, _) = response.into_parts();
    ServiceResponse::new(request, answer).map_into_right_body()
}

/// Converts an error of the framework.
fn framework_error(status: StatusCode) -> ApiError {
    match status {
        StatusCode::NOT_FOUND => ApiError::not_found(),
        StatusCode::METHOD_NOT_ALLOWED => {
            ApiError::new(ErrorCode::MethodNotAllowed, "this method is not allowed here; see Allow")
        }
        StatusCode::PAYLOAD_TOO_LARGE => {
            ApiError::new(ErrorCode::BodyTooLarge, "the body is too large")
        }
        status if status.is_client_error() => {
            ApiError::new(ErrorCode::MalformedRequest, "the request is malformed")
        }
        status => ApiError::internal(format!("the framework answered {status}")),
    }
}

fn add_headers(headers: &mut HeaderMap, id: &str, standing: Option<RateLimitStatus>) {
    if let Some(standing) = standing {
        for (name, value) in
            [(RATE_LIMIT_POLICY, standing.policy()), (RATE_LIMIT, standing.to_string())]
        {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.insert(name, value);
            }
        }
    }
    if let Ok(id) = HeaderValue::from_str(id) {
        headers.insert(X_REQUEST_ID, id);
    }
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    ] {
        if !headers.contains_key(&name) {
            headers.insert(name, HeaderValue::from_static(value));
        }
    }
}
