//! Messages: their kind, recipient and subject.

use derive_more::{Display, FromStr};
use uuid::Uuid;

/// The channel by which a message is sent.
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

    /// The name in metrics and in the table.
    pub fn name(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Sms => "sms",
            Self::Webhook => "webhook",
        }
    }
}

/// The kind of a message, which determines its text and what its subject is.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum MessageKind {
    /// A link to verify an address. The subject is a registration.
    VerifyEmail,
    /// A link to choose a new password. The subject is a reset challenge.
    ResetPassword,
    /// A notice that somebody tried to register with the user's address. The
    /// subject is the account.
    AccountExists,
    /// A login code. The subject is a challenge.
    LoginCode,
    /// A code that verifies a phone number. The subject is a challenge.
    PhoneCode,
    /// A code that verifies a new address. The subject is a challenge.
    EmailCode,
    /// A code that confirms a change of the account. The subject is a challenge.
    ChangeCode,
    /// A notice about access to the account. The subject is a security event.
    SecurityNotice,
    /// A notice that Garmin must be connected again. The subject is a connection.
    GarminReauth,
    /// An event for a webhook. The subject is a delivery of the webhook.
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

    /// Whether it contains a one-time code, which the OTP actor derives.
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

/// A message to enqueue. It refers to its subject by id. It contains no secret, and no address
/// except a former one.
#[derive(Clone, Debug)]
pub struct Message {
    pub kind: MessageKind,
    pub channel: Channel,
    /// `None` if the account has been deleted.
    pub user_id: Option<Uuid>,
    /// Where to send it instead of the user's current address.
    pub recipient: Option<String>,
    /// The registration, challenge, event, connection, delivery or account that the
    /// message is about.
    pub subject_id: Uuid,
    /// A new message cancels queued messages with the same key.
    pub supersede_key: String,
    /// Lower priorities are sent first.
    pub priority: i16,
    /// Minutes until the message expires.
    pub life_minutes: i32,
}

const HOUR: i32 = 60;
const DAY: i32 = 24 * HOUR;

impl Message {
    /// Superseded per registration, because each registration has the token of another password.
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

    /// Notifies the user, or `recipient` instead of the user, of an event.
    pub fn security_notice(
        user_id: Option<Uuid>,
        event_id: Uuid,
        recipient: Option<&impl ToString>,
    ) -> Self {
        let mail = Self::mail(MessageKind::SecurityNotice, event_id, event_id);
        let recipient = recipient.map(ToString::to_string);
        Self { user_id, recipient, priority: 1, life_minutes: DAY, ..mail }
    }

    /// Asks the user to connect Garmin again.
    pub fn garmin_reauth(user_id: Uuid, connection_id: Uuid) -> Self {
        let mail = Self::mail(MessageKind::GarminReauth, user_id, connection_id);
        Self { priority: 2, life_minutes: DAY, ..mail }
    }

    /// A code for which somebody is waiting. It expires with its challenge.
    pub fn code(kind: MessageKind, channel: Channel, user_id: Uuid, challenge_id: Uuid) -> Self {
        let mail = Self::mail(kind, user_id, challenge_id);
        let supersede_key = format!("{kind}:{channel}:{user_id}");
        Self { channel, supersede_key, life_minutes: 10, ..mail }
    }

    /// Defaults: highest priority, expires after an hour, superseded by the user's next
    /// message of its kind.
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
