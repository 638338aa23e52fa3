//! The kinds of security events.

use derive_more::{Display, FromStr};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::Device,
    credentials::{EmailAddress, LoginMethod},
};

/// The kind of event. The names are part of the API contract.
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
    /// A device that the session did not know refreshed it.
    SessionDeviceChanged,
    /// A device that the session did not know sent a refresh token that has already been replaced.
    RefreshRefused,
    /// A spent refresh token was used again, so somebody else has a copy.
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
    /// Deliveries to the webhook failed for days.
    WebhookDisabled,
    /// Anyone with the link can see a picture.
    ShareCreated,
    ShareDeleted,
    /// A share was requested without a valid proof.
    ShareRefused,
    /// An export of all the account's data was requested.
    ExportCreated,
    ExportDownloaded,
    /// An export was requested without a valid proof.
    ExportRefused,
    AccountLocked,
    AccountUnlocked,
    ResetGranted,
    AccountDeleted,
    /// The user invited people to this server.
    InvitationCreated,
    InvitationDeleted,
    /// The account was created with an invitation.
    InvitationAccepted,
    AdminGranted,
    AdminRevoked,
}

impl EventKind {
    /// Whether the owner is notified by mail, because the event changed who can log in or
    /// who can see the log.
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
            | Self::AccountDeleted
            | Self::InvitationCreated
            | Self::AdminGranted
            | Self::AdminRevoked => true,
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
            | Self::ResetGranted
            | Self::InvitationDeleted
            | Self::InvitationAccepted => false,
        }
    }
}

/// An event to record.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    pub kind: EventKind,
    /// `None` if a login failed for an unknown identifier.
    pub user_id: Option<Uuid>,
    /// The login method, the provider, or the name of the token concerned.
    pub method: Option<String>,
    pub device: Option<&'a Device>,
    /// Where to send the notice instead of the user's current address: the address before a change.
    pub tell: Option<EmailAddress>,
    /// Whether the owner gets no mail, because they arranged for the event.
    pub is_expected: bool,
}

impl<'a> Event<'a> {
    pub fn of(kind: EventKind, user_id: Uuid) -> Self {
        let user_id = Some(user_id);
        Self { kind, user_id, method: None, device: None, tell: None, is_expected: false }
    }

    /// A failed login.
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
