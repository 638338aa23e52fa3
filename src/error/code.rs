//! The codes of errors, and the HTTP status of each.

use actix_web::http::StatusCode;
use derive_more::Display;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

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
    RegistrationClosed,
    InvitationRequired,
    AddressNotAllowed,
    GroupNotAllowed,
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
    TooManyInvitations,
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
            | Self::InsufficientScope
            | Self::RegistrationClosed
            | Self::InvitationRequired
            | Self::AddressNotAllowed
            | Self::GroupNotAllowed => StatusCode::FORBIDDEN,
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
            | Self::TooManyInvitations
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
