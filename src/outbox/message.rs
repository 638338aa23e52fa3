//! What a message is: its kind, whom it is for, what it is about.

use derive_more::{Display, FromStr};
use uuid::Uuid;

/// How a message travels.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
pub enum Channel {
    Email,
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
}

/// A message to enqueue. It refers to what it is about by id and holds no secret.
#[derive(Clone, Debug)]
pub struct Message {
    pub kind: MessageKind,
    pub channel: Channel,
    pub user_id: Uuid,
    /// The registration, challenge or account that the message is about.
    pub subject_id: Uuid,
    /// A newer message of the same key cancels those still queued.
    pub supersede_key: String,
    /// Lower goes first.
    pub priority: i16,
    /// Hours after which it would be useless.
    pub life_hours: i32,
}

impl Message {
    /// One for each registration: each carries the token of another password.
    pub fn verify_email(user_id: Uuid, registration_id: Uuid) -> Self {
        Self::mail(MessageKind::VerifyEmail, user_id, registration_id, registration_id, 1, 24)
    }

    pub fn reset_password(user_id: Uuid, challenge_id: Uuid) -> Self {
        Self::mail(MessageKind::ResetPassword, user_id, challenge_id, user_id, 0, 1)
    }

    pub fn account_exists(user_id: Uuid) -> Self {
        Self::mail(MessageKind::AccountExists, user_id, user_id, user_id, 2, 24)
    }

    fn mail(
        kind: MessageKind,
        user_id: Uuid,
        subject_id: Uuid,
        superseded_within: Uuid,
        priority: i16,
        life_hours: i32,
    ) -> Self {
        let supersede_key = format!("{kind}:{superseded_within}");
        Self {
            kind,
            channel: Channel::Email,
            user_id,
            subject_id,
            supersede_key,
            priority,
            life_hours,
        }
    }
}
