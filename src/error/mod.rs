//! The API's error type.
//!
//! Services and stores return [`ApiError`]. The response body is rendered elsewhere, by
//! `server::finish`, so that errors of the framework have the same body.

mod code;
mod field;
mod standing;

use std::borrow::Cow;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use derive_more::Display;

pub use code::ErrorCode;
pub use field::FieldError;
pub use standing::RateLimitStatus;

/// An error response: a code, a message for people, and an internal cause for the log.
#[derive(Debug, Display)]
#[display("{code}: {message}")]
pub struct ApiError {
    pub code: ErrorCode,
    pub message: Cow<'static, str>,
    pub fields: Vec<FieldError>,
    /// The client's state with the rate limit that rejected the request.
    pub standing: Option<RateLimitStatus>,
    /// Seconds until a retry makes sense, if known better than from the code.
    pub retry_after_secs: Option<u32>,
    /// The internal cause. It is logged once, when the response is written, and never
    /// sent to a client.
    pub cause: Option<Box<dyn std::error::Error + Send + Sync>>,
}

impl ApiError {
    pub fn new(code: ErrorCode, message: impl Into<Cow<'static, str>>) -> Self {
        Self {
            code,
            message: message.into(),
            fields: Vec::new(),
            standing: None,
            retry_after_secs: None,
            cause: None,
        }
    }

    /// 422 with the invalid fields. The message is that of the first field.
    pub fn validation(fields: Vec<FieldError>) -> Self {
        let message = fields.first().map_or(Cow::Borrowed("the request is not valid"), |field| {
            Cow::Owned(format!("{} {}", field.field, field.message).trim_start().to_owned())
        });
        Self { fields, ..Self::new(ErrorCode::ValidationFailed, message) }
    }

    /// 400 for a query parameter, with its name.
    pub fn invalid_parameter(
        name: impl Into<Cow<'static, str>>,
        problem: impl Into<Cow<'static, str>>,
    ) -> Self {
        let field = FieldError::new(name, "invalid_parameter", problem);
        Self { code: ErrorCode::InvalidParameter, ..Self::validation(vec![field]) }
    }

    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "the requested resource does not exist")
    }

    pub fn invalid_access_token() -> Self {
        Self::new(ErrorCode::InvalidAccessToken, "the access token is not valid; log in again")
    }

    /// 429 with `Retry-After: seconds`.
    pub fn rate_limited(seconds: u32) -> Self {
        Self {
            retry_after_secs: Some(seconds),
            ..Self::new(ErrorCode::RateLimited, "too many requests; try again later")
        }
    }

    pub fn standing(self, standing: RateLimitStatus) -> Self {
        Self { standing: Some(standing), ..self }
    }

    /// 500. `cause` is logged but not sent to the client.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(ErrorCode::Internal, "something went wrong on our side")
        }
    }

    /// 503: the database cannot be reached or does not answer in time.
    pub fn database_unavailable(
        cause: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            cause: Some(cause.into()),
            ..Self::new(ErrorCode::DatabaseUnavailable, "the database is not available; try again")
        }
    }
}

impl std::error::Error for ApiError {}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Sets only the status. `server::finish` writes the body, because it contains the request id.
    fn error_response(&self) -> HttpResponse {
        HttpResponse::new(self.status_code())
    }
}

/// The result of handlers, services and stores.
pub type ApiResult<T> = Result<T, ApiError>;
