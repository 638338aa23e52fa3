//! What is asked of Garmin, whichever way there is to ask.

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

/// An access token, and what it is renewed with from now on.
pub struct Tokens {
    pub access: SecretString,
    pub expires_at: DateTime<Utc>,
    pub credential: SecretString,
}

/// Where in the log of Garmin to read: activities of `before` and earlier, but for the newest `offset`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub before: NaiveDate,
    pub offset: u32,
}

/// Some activities, newest first.
#[derive(Debug, Default)]
pub struct Page {
    pub activities: Vec<Summary>,
    /// `None` at the end.
    pub next: Option<Cursor>,
}

/// A mode of access to Garmin Connect.
pub trait Provider {
    /// How many days back are looked at again and again.
    const WINDOW_DAYS: u64;

    /// An access token for a credential, which may change by this.
    fn renew(&self, credential: SecretString) -> impl Future<Output = Result<Tokens, Trouble>>;

    /// The activities from `since` to `cursor`. Where they come by webhook the page is empty, and they come.
    fn page(
        &self,
        access: &SecretString,
        since: Option<NaiveDate>,
        cursor: Cursor,
    ) -> impl Future<Output = Result<Page, Trouble>>;

    /// The file of an activity, or the archive it is in; `None` when there is none.
    fn file(
        &self,
        access: &SecretString,
        at: &str,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Trouble>>;

    /// The activities that a webhook said can be fetched at `url`.
    fn told(
        &self,
        access: &SecretString,
        url: &str,
    ) -> impl Future<Output = Result<Vec<Summary>, Trouble>>;

    /// Tells Garmin that nothing more is to come.
    fn leave(&self, access: &SecretString) -> impl Future<Output = Result<(), Trouble>>;
}

/// Why Garmin gives nothing now. Displayed for the connection's owner: free of secrets.
#[derive(Debug, Display)]
pub enum Trouble {
    /// 400, 401, 403 or 404 to what the key or a token asks for. May pass.
    #[display("Garmin answers {_0} to the key or the token that it gave")]
    Denied(u16),
    /// The key or the refresh token is not taken, and never will be.
    #[display("Garmin does not take the key any more: connect Garmin again")]
    Refused,
    #[display("Garmin asks to wait {} s", _0.as_secs())]
    Throttled(Duration),
    #[display("Garmin does not answer: {_0}")]
    Unavailable(String),
    #[display("Garmin answers what cannot be used: {_0}")]
    Garbage(String),
    /// Somebody else works on the connection by now, or it is gone.
    #[display("the connection was changed meanwhile")]
    Lost,
    /// The server is stopping.
    #[display("the server is stopping")]
    Leaving,
    #[display("something went wrong on our side")]
    Ours(ApiError),
}

impl Trouble {
    /// What `last_error` says.
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

    /// Our own database or disk failed, which says nothing of what Garmin gave.
    pub fn is_of_storage(&self) -> bool {
        matches!(self, Self::Ours(error) if error.code.is_of_storage())
    }
}

impl From<ApiError> for Trouble {
    fn from(error: ApiError) -> Self {
        Self::Ours(error)
    }
}

impl From<diesel::result::Error> for Trouble {
    fn from(error: diesel::result::Error) -> Self {
        Self::Ours(error.into())
    }
}

/// For whoever waits for an answer of ours: 502, unless it is our fault.
impl From<Trouble> for ApiError {
    fn from(trouble: Trouble) -> Self {
        match trouble {
            Trouble::Ours(error) => error,
            Trouble::Throttled(pause) => Self {
                retry_after_secs: u32::try_from(pause.as_secs()).ok(),
                ..Self::new(ErrorCode::ProviderError, "Garmin asks to wait; try again later")
            },
            other => Self {
                cause: Some(other.to_string().into()),
                ..Self::new(ErrorCode::ProviderError, "Garmin gave no usable answer; try again")
            },
        }
    }
}
