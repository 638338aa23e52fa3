//! The API's error type, and the mapping from error codes to HTTP statuses.
//!
//! Services and stores return [`ApiError`]. The response body is rendered elsewhere, by
//! `server::finish`, so that errors of the framework have the same body.

mod field;
mod standing;

use std::borrow::Cow;

use actix_web::{HttpResponse, ResponseError, http::StatusCode};
use derive_more::Display;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

pub use field::FieldError;
pub use standing::RateLimitStatus;

/// Machine-readable error code. The names are part of the API contract.
#[derive(
    Clone, Copy, Debug, Display, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[display(rename_all = "snake_case")]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    MalformedJson,
    InvalidParameter,
    InvalidCursor,
    InvalidToken,
    InvalidState,
    InvalidReturnTo,
    MalformedRequest,
    MissingToken,
    InvalidAccessToken,
    InvalidCredentials,
    InvalidCode,
    InvalidRefreshToken,
    PasswordClosed,
    AccountLocked,
    ReauthenticationRequired,
    LoginDenied,
    InsufficientScope,
    NotFound,
    MethodNotAllowed,
    PhoneNumberMissing,
    PhoneAlreadyVerified,
    PhoneNumberTaken,
    PhoneNumberNotServed,
    EmailMissing,
    EmailTaken,
    ConnectionTaken,
    LastWayIn,
    GarminNeedsReauth,
    ExternalIdTaken,
    IdTaken,
    TooManyTokens,
    TooManyWebhooks,
    TooManyImports,
    TooManyGoals,
    TooManyShares,
    NoTrack,
    NoOriginal,
    OriginalRefused,
    NotReady,
    ResyncRequired,
    VersionMismatch,
    AlreadyExists,
    AlreadyDeleted,
    BodyTooLarge,
    UnsupportedMediaType,
    ValidationFailed,
    WeakPassword,
    IdempotencyKeyReused,
    RateLimited,
    CodesClosed,
    ProviderError,
    Busy,
    DatabaseUnavailable,
    StorageUnavailable,
    StorageFull,
    DeliveryUnavailable,
    SchemaMismatch,
    ShuttingDown,
    ChannelUnavailable,
    Internal,
}

impl ErrorCode {
    /// The HTTP status of this code. The match has no wildcard, so that each new
    /// code needs a status.
    pub fn status(self) -> StatusCode {
        match self {
            Self::MalformedJson
            | Self::InvalidParameter
            | Self::InvalidCursor
            | Self::InvalidToken
            | Self::InvalidState
            | Self::InvalidReturnTo
            | Self::MalformedRequest => StatusCode::BAD_REQUEST,
            Self::MissingToken
            | Self::InvalidAccessToken
            | Self::InvalidCredentials
            | Self::InvalidCode
            | Self::InvalidRefreshToken => StatusCode::UNAUTHORIZED,
            Self::PasswordClosed
            | Self::AccountLocked
            | Self::ReauthenticationRequired
            | Self::LoginDenied
            | Self::InsufficientScope => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Self::PhoneNumberMissing
            | Self::PhoneAlreadyVerified
            | Self::PhoneNumberTaken
            | Self::PhoneNumberNotServed
            | Self::EmailMissing
            | Self::EmailTaken
            | Self::ConnectionTaken
            | Self::LastWayIn
            | Self::GarminNeedsReauth
            | Self::ExternalIdTaken
            | Self::IdTaken
            | Self::TooManyTokens
            | Self::TooManyWebhooks
            | Self::TooManyImports
            | Self::TooManyGoals
            | Self::TooManyShares
            | Self::NoTrack
            | Self::NoOriginal
            | Self::OriginalRefused
            | Self::NotReady => StatusCode::CONFLICT,
            Self::ResyncRequired => StatusCode::GONE,
            Self::VersionMismatch | Self::AlreadyExists | Self::AlreadyDeleted => {
                StatusCode::PRECONDITION_FAILED
            }
            Self::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::ValidationFailed | Self::WeakPassword | Self::IdempotencyKeyReused => {
                StatusCode::UNPROCESSABLE_ENTITY
            }
            Self::RateLimited | Self::CodesClosed => StatusCode::TOO_MANY_REQUESTS,
            Self::ProviderError => StatusCode::BAD_GATEWAY,
            Self::Busy
            | Self::DatabaseUnavailable
            | Self::StorageUnavailable
            | Self::DeliveryUnavailable
            | Self::SchemaMismatch
            | Self::ShuttingDown
            | Self::ChannelUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether a credential was wrong, as in a guessing attack.
    pub fn is_failed_proof(self) -> bool {
        matches!(
            self,
            Self::InvalidCredentials
                | Self::InvalidCode
                | Self::InvalidToken
                | Self::InvalidRefreshToken
                | Self::PasswordClosed
        )
    }

    /// Seconds until a retry makes sense, for `Retry-After`.
    pub fn retry_after_secs(self) -> Option<u32> {
        match self {
            Self::Busy => Some(2),
            Self::DatabaseUnavailable
            | Self::DeliveryUnavailable
            | Self::SchemaMismatch
            | Self::ShuttingDown => Some(5),
            Self::ChannelUnavailable | Self::StorageUnavailable => Some(60),
            Self::StorageFull => Some(3600),
            _ => None,
        }
    }

    /// Whether this server's disk failed.
    pub fn is_of_disk(self) -> bool {
        matches!(self, Self::StorageUnavailable | Self::StorageFull)
    }

    /// Whether this server's database or disk failed. Such errors are temporary and do not mean
    /// that the data to be stored was invalid.
    pub fn is_of_storage(self) -> bool {
        self.is_of_disk() || matches!(self, Self::Busy | Self::DatabaseUnavailable)
    }
}

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
