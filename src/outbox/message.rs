//! What a message is: its kind, whom it is for, what it is about.

use derive_more::{Display, FromStr};
use uuid::Uuid;

/// How a message travels.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum Channel {
    Email,
    Sms,
    /// To another service, not to a person.
    Webhook,
}

impl Channel {
    pub const ALL: [Self; 3] = [Self::Email, Self::Sms, Self::Webhook];

    /// As metrics and the table call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
        }
    }
}

/// What a message says.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum MessageKind {
    /// Confirm your address; about a registration.
    VerifyEmail,
    /// Choose a new password; about a reset challenge.
    ResetPassword,
    /// Somebody tried to register with your address; about the account.
    AccountExists,
    /// A code to log in with; about a challenge.
    LoginCode,
    /// A code that proves a phone number; about a challenge.
    PhoneCode,
    /// A code that proves a new address; about a challenge.
    EmailCode,
    /// A code that confirms a change of the account; about a challenge.
    ChangeCode,
    /// Something happened to the account's ways in; about an event.
    SecurityNotice,
    /// Garmin is to be connected again; about a connection.
    GarminReauth,
    /// Something happened to the log; about a delivery of a webhook.
    Webhook,
}

impl MessageKind {
    pub const ALL: [Self; 10] = [
        Self::VerifyEmail,
        Self::ResetPassword,
        Self::AccountExists,
        Self::LoginCode,
        Self::PhoneCode,
        Self::EmailCode,
        Self::ChangeCode,
        Self::SecurityNotice,
        Self::GarminReauth,
        Self::Webhook,
    ];

    /// Whether it carries a one-time code, which the OTP actor derives.
    pub fn is_code(self) -> bool {
        match self {
            Self::LoginCode | Self::PhoneCode | Self::EmailCode | Self::ChangeCode => true,
            Self::VerifyEmail
            | Self::ResetPassword
            | Self::AccountExists
            | Self::SecurityNotice
            | Self::GarminReauth
            | Self::Webhook => false,
        }
    }
}

/// A message to enqueue. It refers to what it is about by id and holds no secret, and no address but
/// one that nobody has any more.
#[derive(Clone, Debug)]
pub struct Message {
    pub kind: MessageKind,
    pub channel: Channel,
    /// Nobody, once the account is gone.
    pub user_id: Option<Uuid>,
    /// Where it goes instead of the user's present address.
    pub recipient: Option<String>,
    /// The registration, challenge, event or account that the message is about.
    pub subject_id: Uuid,
    /// A newer message of the same key cancels those still queued.
    pub supersede_key: String,
    /// Lower goes first.
    pub priority: i16,
    /// Minutes after which it would be useless.
    pub life_minutes: i32,
}

const HOUR: i32 = 60;
const DAY: i32 = 24 * HOUR;

impl Message {
    /// One for each registration: each carries the token of another password.
    pub fn verify_email(user_id: Uuid, registration_id: Uuid) -> Self {
        let mail = Self::mail(MessageKind::VerifyEmail, user_id, registration_id);
        Self { priority: 1, life_minutes: DAY, ..mail.superseding_those_about(registration_id) }
    }

    pub fn reset_password(user_id: Uuid, challenge_id: Uuid) -> Self {
        Self::mail(MessageKind::ResetPassword, user_id, challenge_id)
    }

    pub fn account_exists(user_id: Uuid) -> Self {
        let mail = Self::mail(MessageKind::AccountExists, user_id, user_id);
        Self { priority: 2, life_minutes: DAY, ..mail }
    }

    /// Tells the user, or `recipient` in the user's place, of an event.
    pub fn security_notice(
        user_id: Option<Uuid>,
        event_id: Uuid,
        recipient: Option<&impl ToString>,
    ) -> Self {
        let mail = Self::mail(MessageKind::SecurityNotice, event_id, event_id);
        let recipient = recipient.map(ToString::to_string);
        Self { user_id, recipient, priority: 1, life_minutes: DAY, ..mail }
    }

    /// Garmin is to be connected again.
    pub fn garmin_reauth(user_id: Uuid, connection_id: Uuid) -> Self {
        let mail = Self::mail(MessageKind::GarminReauth, user_id, connection_id);
        Self { priority: 2, life_minutes: DAY, ..mail }
    }

    /// A code: somebody is waiting for it. As long as its challenge lives.
    pub fn code(kind: MessageKind, channel: Channel, user_id: Uuid, challenge_id: Uuid) -> Self {
        let mail = Self::mail(kind, user_id, challenge_id);
        let supersede_key = format!("{kind}:{channel}:{user_id}");
        Self { channel, supersede_key, life_minutes: 10, ..mail }
    }

    /// First in line, of use for an hour, superseded by the user's next of its kind.
    fn mail(kind: MessageKind, user_id: Uuid, subject_id: Uuid) -> Self {
        Self {
            kind,
            channel: Channel::Email,
            user_id: Some(user_id),
            recipient: None,
            subject_id,
            supersede_key: format!("{kind}:{user_id}"),
            priority: 0,
            life_minutes: HOUR,
        }
    }

    fn superseding_those_about(self, subject_id: Uuid) -> Self {
        Self { supersede_key: format!("{}:{subject_id}", self.kind), ..self }
    }
}
