//! Why a message was not sent, by what that means for the next try.

use std::time::Duration;

use super::breaker::Health;
use crate::{
    config::DeliveryConfig,
    outbox::{schedule, store::Completion},
};

/// What a channel's actor answers: what the provider calls the message, or why it was not sent.
pub type SendResult = Result<Option<String>, SendError>;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The provider could not be reached or refused us: the message is not at fault.
    Transport { code: Option<String>, retry_after: Option<Duration> },
    /// No answer before the deadline.
    Timeout,
    /// The provider wants it later.
    Transient { code: Option<String>, retry_after: Option<Duration> },
    /// The provider will never take this message.
    Permanent { code: Option<String> },
    /// The provider may have taken it: it failed after it had the message.
    Ambiguous { code: Option<String> },
    /// It may have been sent more than once already, and nobody can tell: enough.
    Unconfirmed,
    /// A fault of ours, of which the provider knows nothing.
    Ours { class: &'static str },
    /// A stop could not wait for the answer.
    Interrupted,
    /// The message belongs to another relay by now.
    LostLease,
}

impl SendError {
    /// A bug of ours ended the attempt.
    pub const PANIC: Self = Self::Ours { class: "panic" };

    /// By status or reply code.
    pub fn transport(code: impl ToString) -> Self {
        Self::Transport { code: Some(code.to_string()), retry_after: None }
    }

    pub fn permanent(code: impl ToString) -> Self {
        Self::Permanent { code: Some(code.to_string()) }
    }

    /// The name for metrics, logs and `last_error_class`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Transport { .. } => "transport",
            Self::Timeout => "timeout",
            Self::Transient { .. } => "transient",
            Self::Permanent { .. } => "permanent",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Unconfirmed => "unconfirmed",
            Self::Ours { class } => class,
            Self::Interrupted => "shutdown",
            Self::LostLease => "lost_lease",
        }
    }

    /// The reply code, where the provider gave one, or what went wrong before it could.
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Transport { code, .. }
            | Self::Transient { code, .. }
            | Self::Permanent { code }
            | Self::Ambiguous { code } => code.clone(),
            Self::Timeout
            | Self::Unconfirmed
            | Self::Ours { .. }
            | Self::Interrupted
            | Self::LostLease => None,
        }
    }

    /// Whether the provider certainly did not take the message.
    pub fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Timeout | Self::Ambiguous { .. } | Self::Unconfirmed | Self::Interrupted
        )
    }

    /// What becomes of the message after attempt number `attempts`, and what that says of the
    /// provider. Nothing is completed for a claim that was lost.
    pub fn consequence(
        &self,
        config: &DeliveryConfig,
        attempts: i32,
    ) -> (Option<Completion>, Health) {
        let (class, code) = (self.class(), self.code());
        let retry = |pause| Some(Completion::Retry { pause, class, code: code.clone() });
        match self {
            Self::Permanent { .. } => (Some(Completion::Dead { class, code }), Health::Good),
            Self::Unconfirmed => (Some(Completion::Dead { class, code }), Health::Unknown),
            Self::Transient { retry_after, .. } => {
                let pause = schedule::backoff(config, attempts);
                (retry(pause.max(retry_after.unwrap_or_default())), Health::Good)
            }
            Self::Ours { .. } => (retry(schedule::backoff(config, attempts)), Health::Unknown),
            // Another replica need not wait for the lease.
            Self::Interrupted => (retry(Duration::ZERO), Health::Unknown),
            Self::LostLease => (None, Health::Unknown),
            Self::Transport { retry_after, .. } => {
                let pause = retry_after.unwrap_or_default();
                (retry(schedule::after_outage(config).max(pause)), Health::Bad { pause })
            }
            Self::Timeout | Self::Ambiguous { .. } => {
                (retry(schedule::after_outage(config)), Health::Bad { pause: Duration::ZERO })
            }
        }
    }
}
