//! What can happen to an account's ways in.

use derive_more::{Display, FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::Device,
    credentials::{EmailAddress, LoginMethod},
};

/// A kind of event. The names are part of the API contract.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
pub enum EventKind {
    Login,
    LoginFailed,
    LoggedOut,
    SessionEnded,
    OtherSessionsEnded,
    /// It was refreshed by a device that it did not know.
    SessionDeviceChanged,
    /// A device that the session does not know sent a refresh token whose successor is out.
    RefreshRefused,
    /// A spent refresh token came back: somebody else had it.
    RefreshTokenReused,
    EmailVerified,
    EmailChanged,
    PasswordChanged,
    PasswordReset,
    PhoneVerified,
    PhoneRemoved,
    ProviderLinked,
    ProviderUnlinked,
    TokenCreated,
    TokenDeleted,
    WebhookCreated,
    WebhookDeleted,
    /// Nothing that was posted to it arrived for days.
    WebhookDisabled,
    /// Anyone with the link sees a picture.
    ShareCreated,
    ShareDeleted,
    /// Somebody asked for it without a good proof.
    ShareRefused,
    /// All that the account has was asked for.
    ExportCreated,
    ExportDownloaded,
    /// Somebody asked for it without a good proof.
    ExportRefused,
    AccountLocked,
    AccountUnlocked,
    ResetGranted,
    AccountDeleted,
}

impl EventKind {
    /// Whether it changed who can get in or who sees the log, which the owner is told by mail.
    pub fn is_notified(self) -> bool {
        match self {
            Self::RefreshTokenReused
            | Self::EmailChanged
            | Self::PasswordChanged
            | Self::PasswordReset
            | Self::PhoneVerified
            | Self::PhoneRemoved
            | Self::ProviderLinked
            | Self::ProviderUnlinked
            | Self::TokenCreated
            | Self::WebhookCreated
            | Self::WebhookDisabled
            | Self::ShareCreated
            | Self::ExportCreated
            | Self::AccountLocked
            | Self::AccountUnlocked
            | Self::AccountDeleted => true,
            Self::Login
            | Self::LoginFailed
            | Self::LoggedOut
            | Self::SessionEnded
            | Self::OtherSessionsEnded
            | Self::SessionDeviceChanged
            | Self::RefreshRefused
            | Self::TokenDeleted
            | Self::WebhookDeleted
            | Self::ShareDeleted
            | Self::ShareRefused
            | Self::ExportDownloaded
            | Self::ExportRefused
            | Self::EmailVerified
            | Self::ResetGranted => false,
        }
    }
}

/// Something that happened, to be recorded.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub kind: EventKind,
    /// Nobody where a login failed for an identifier that is not known.
    pub user_id: Option<Uuid>,
    /// The way in or the provider it was about.
    pub method: Option<String>,
    pub device: Option<&'a Device>,
    /// Who is told, if not the user at the present address: the address before a change.
    pub tell: Option<EmailAddress>,
}

impl<'a> Event<'a> {
    pub fn of(kind: EventKind, user_id: Uuid) -> Self {
        Self { kind, user_id: Some(user_id), method: None, device: None, tell: None }
    }

    /// Somebody tried to get in and could not.
    pub fn login_failed(user_id: Option<Uuid>, method: LoginMethod, device: &'a Device) -> Self {
        let event = Self::of(EventKind::LoginFailed, Uuid::nil());
        Self { user_id, ..event.by(method).from(device) }
    }

    pub fn by(self, method: impl ToString) -> Self {
        Self { method: Some(method.to_string()), ..self }
    }

    pub fn from(self, device: &'a Device) -> Self {
        Self { device: Some(device), ..self }
    }
}
