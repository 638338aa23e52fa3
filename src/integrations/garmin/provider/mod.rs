//! Access to Garmin, whatever the mode.

pub mod calls;
mod developer;
mod exchange;
mod personal;
mod summary;
mod token;

use std::time::Duration;

use chrono::{DateTime, NaiveDate, Utc};
use derive_more::Display;
use secrecy::SecretString;

pub use self::{
    developer::{Developer, pushed, redirect_uri},
    personal::Personal,
    summary::Summary,
};
use crate::error::{ApiError, ErrorCode};

/// An access token, and the credential for renewing it from now on.
pub struct Tokens {
    pub access: SecretString,
    pub expires_at: DateTime<Utc>,
    pub credential: SecretString,
}

/// A position in the log at Garmin: activities of `before` and earlier,
/// without the newest `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub before: NaiveDate,
    pub offset: u32,
}

/// A page of activities, newest first.
#[derive(Debug, Default)]
pub struct Page {
    pub activities: Vec<Summary>,
    /// `None` on the last page.
    pub next: Option<Cursor>,
}

/// A mode of access to Garmin Connect.
pub trait Provider {
    /// How many of the last days are scanned again and again.
    const WINDOW_DAYS: u64;

    /// Returns an access token for a credential. This may change the credential.
    fn renew(
        &self,
        credential: SecretString,
    ) -> impl Future<Output = Result<Tokens, GarminFailure>>;

    /// The activities from `since` to `cursor`. If they arrive by webhook, this requests them and
    /// returns an empty page.
    fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> impl Future<Output = Result<Page, GarminFailure>>;

    /// The file of an activity, or an archive that contains it; `None` if there is none.
    fn file(
        &self,
        access: &SecretString,
        at: &str,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, GarminFailure>>;

    /// The activities at `url`, which a webhook has announced.
    fn announced(
        &self,
        access: &SecretString,
        url: &str,
    ) -> impl Future<Output = Result<Vec<Summary>, GarminFailure>>;

    /// Notifies Garmin that the connection has ended.
    fn leave(&self, access: &SecretString) -> impl Future<Output = Result<(), GarminFailure>>;
}

/// Why Garmin returns nothing usable. Displayed to the owner of the connection, so
/// it contains no secrets.
#[derive(Debug, Display)]
pub enum GarminFailure {
    /// 400, 401, 403 or 404 for the key or a token. This may be temporary.
    #[display("Garmin responds with {_0} to the key or the token that it issued")]
    Denied(u16),
    /// The key or the refresh token is no longer accepted, and never will be again.
    #[display("Garmin no longer accepts the key: connect Garmin again")]
    Refused,
    #[display("Garmin asks for a pause of {} s", _0.as_secs())]
    Throttled(Duration),
    #[display("Garmin is unavailable: {_0}")]
    Unavailable(String),
    #[display("Garmin sent an unusable response: {_0}")]
    Garbage(String),
    /// The job has lost its claim on the connection, or the connection is gone.
    #[display("the connection was changed in the meantime")]
    Lost,
    /// The server is shutting down.
    #[display("the server is stopping")]
    Leaving,
    #[display("something went wrong on our side")]
    Ours(ApiError),
}

impl GarminFailure {
    /// The `code` of `last_error`.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied(_) => "denied",
            Self::Refused => "refused",
            Self::Throttled(_) => "rate_limited",
            Self::Unavailable(_) => "unavailable",
            Self::Garbage(_) => "garbage",
            Self::Lost | Self::Leaving | Self::Ours(_) => "internal",
        }
    }

    /// Whether our own database or disk failed, which says nothing about Garmin.
    pub fn is_of_storage(&self) -> bool {
        matches!(self, Self::Ours(error) if error.code.is_of_storage())
    }
}

impl From<ApiError> for GarminFailure {
    fn from(error: ApiError) -> Self {
        Self::Ours(error)
    }
}

impl From<diesel::result::Error> for GarminFailure {
    fn from(error: diesel::result::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// The response to a waiting client: 502, unless the fault is ours.
impl From<GarminFailure> for ApiError {
    fn from(trouble: GarminFailure) -> Self {
        match trouble {
            GarminFailure::Ours(error) => error,
            GarminFailure::Throttled(pause) => Self {
                retry_after_secs: u32::try_from(pause.as_secs()).ok(),
                ..Self::new(ErrorCode::ProviderError, "Garmin asks for a pause; try again later")
            },
            other => Self {
                cause: Some(other.to_string().into()),
                ..Self::new(ErrorCode::ProviderError, "Garmin sent no usable response; try again")
            },
        }
    }
}
