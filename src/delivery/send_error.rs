//! Why a message was not sent, classified by what it means for the next try. This is the only place
//! that decides what follows for the message and for the channel.

use std::time::Duration;

use super::{
    breaker::Health,
    email::{Cause, Enhanced, Failure, Stage},
};
use crate::{
    config::DeliveryConfig,
    outbox::{schedule, store::Completion},
};

/// How long a code is valid. If a provider asks for a longer pause, it applies only to the refused
/// message. The channel is probed as usual; otherwise nobody could log in meanwhile.
const LONGEST_CHANNEL_PAUSE: Duration = Duration::from_secs(600);

/// No message is kept for longer. Also keeps times within the range of PostgreSQL's timestamps.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Replies about our login (RFC 4954, section 6) or the end of the service, at any stage.
const ABOUT_US: [u16; 5] = [421, 530, 534, 535, 538];

/// Replies to RCPT about the mailbox, unless an enhanced code says otherwise: unavailable, not
/// local, name not allowed (RFC 5321, section 4.2.2), a domain without mail (RFC 7504).
const ABOUT_THE_MAILBOX: [u16; 4] = [550, 551, 553, 556];

/// The answer of a channel's actor: the provider's id of the message, or why it was not sent.
pub type SendResult = Result<Option<String>, SendError>;

/// Why a message was not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The provider could not be reached or refused us. The message is not the cause.
    Transport { code: Option<String>, retry_after: Option<Duration> },
    /// No answer within the timeout.
    Timeout { code: Option<String> },
    /// The provider asks to try again later.
    Transient { code: Option<String>, retry_after: Option<Duration> },
    /// The provider refused this message, for a reason that may lie with the provider or with us: a
    /// policy, a quota, a route. Several in a row mean that it refuses all messages.
    Refused { code: Option<String> },
    /// The provider will never accept this message.
    Permanent { code: Option<String> },
    /// The provider may have accepted the message: the failure came after it had the message.
    Ambiguous { code: Option<String> },
    /// The message may already have been sent more than once, which cannot be verified. It is not
    /// retried.
    Unconfirmed,
    /// An internal error, before the provider was contacted.
    Ours { class: &'static str },
    /// A stop did not wait for the answer.
    Interrupted,
    /// The message now belongs to another relay.
    LostLease,
}

impl SendError {
    /// A bug ended the attempt.
    pub const PANIC: Self = Self::Ours { class: "panic" };

    /// A transport error with a status, a reply code or a description.
    pub fn transport(code: impl ToString) -> Self {
        Self::Transport { code: Some(code.to_string()), retry_after: None }
    }

    pub fn permanent(code: impl ToString) -> Self {
        Self::Permanent { code: Some(code.to_string()) }
    }

    /// The name in metrics, logs and `last_error_class`.
    pub fn class(&self) -> &'static str {
        match self {
            Self::Transport { .. } => "transport",
            Self::Timeout { .. } => "timeout",
            Self::Transient { .. } => "transient",
            Self::Refused { .. } => "refused",
            Self::Permanent { .. } => "permanent",
            Self::Ambiguous { .. } => "ambiguous",
            Self::Unconfirmed => "unconfirmed",
            Self::Ours { class } => class,
            Self::Interrupted => "shutdown",
            Self::LostLease => "lost_lease",
        }
    }

    /// The provider's reply code, or what went wrong before it could reply.
    pub fn code(&self) -> Option<String> {
        match self {
            Self::Transport { code, .. }
            | Self::Timeout { code }
            | Self::Transient { code, .. }
            | Self::Refused { code }
            | Self::Permanent { code }
            | Self::Ambiguous { code } => code.clone(),
            Self::Unconfirmed | Self::Ours { .. } | Self::Interrupted | Self::LostLease => None,
        }
    }

    /// Whether the provider has certainly not accepted the message.
    pub fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Timeout { .. } | Self::Ambiguous { .. } | Self::Unconfirmed | Self::Interrupted
        )
    }

    /// The consequence for the message after attempt number `attempts`, and for the state of the
    /// provider. A lost claim is not completed.
    pub fn consequence(
        &self,
        config: &DeliveryConfig,
        attempts: i32,
    ) -> (Option<Completion>, Health) {
        let (class, code) = (self.class(), self.code());
        let retry = |pause: Duration| {
            let pause = pause.min(LONGEST_PAUSE);
            Some(Completion::Retry { pause, class, code: code.clone() })
        };
        let backoff = schedule::backoff(config, attempts);
        match self {
            Self::Permanent { .. } => (Some(Completion::Dead { class, code }), Health::Good),
            Self::Unconfirmed => (Some(Completion::Dead { class, code }), Health::Unknown),
            Self::Transient { retry_after, .. } => {
                (retry(backoff.max(retry_after.unwrap_or_default())), Health::Good)
            }
            Self::Refused { .. } => (retry(backoff), Health::Doubtful),
            Self::Ours { .. } => (retry(backoff), Health::Unknown),
            // Another server can send it at once, without waiting for the lease to expire.
            Self::Interrupted => (retry(Duration::ZERO), Health::Unknown),
            Self::LostLease => (None, Health::Unknown),
            Self::Transport { retry_after, .. } => {
                let wanted = retry_after.unwrap_or_default();
                let pause = if wanted > LONGEST_CHANNEL_PAUSE { Duration::ZERO } else { wanted };
                (retry(schedule::after_outage(config).max(wanted)), Health::Bad { pause })
            }
            Self::Timeout { .. } => {
                (retry(schedule::after_outage(config)), Health::Bad { pause: Duration::ZERO })
            }
            // Each retry may send another copy.
            Self::Ambiguous { .. } => {
                let pause = schedule::after_outage(config).max(backoff);
                (retry(pause), Health::Bad { pause: Duration::ZERO })
            }
        }
    }
}

impl From<Failure> for SendError {
    fn from(Failure { stage, cause }: Failure) -> Self {
        match cause {
            Cause::Refused(reply) => refusal(stage, reply.code, reply.enhanced()),
            Cause::NoAnswer => Self::Timeout { code: Some(format!("no answer at {stage}")) },
            Cause::Broken(why) if stage == Stage::Dot => {
                Self::Ambiguous { code: Some(format!("{why} at {stage}")) }
            }
            Cause::Broken(why) => Self::transport(format!("{why} at {stage}")),
            Cause::Unsuitable(code) => Self::permanent(format!("{code} at {stage}")),
        }
    }
}

/// Classifies an unexpected reply. Before RCPT, the message cannot be the cause, whatever the code:
/// the reply is about this client or the server. At RCPT and after the final dot of the data, only
/// an error of the recipient's address (5.1) or mailbox (5.2) ends a message (RFC 3463, section 3).
fn refusal(stage: Stage, reply: u16, enhanced: Option<Enhanced>) -> SendError {
    let code = match enhanced {
        Some(enhanced) => format!("{reply} {enhanced} at {stage}"),
        None => format!("{reply} at {stage}"),
    };
    let is_judged = matches!(stage, Stage::Rcpt | Stage::Dot);
    let code = Some(code);
    match (reply, enhanced) {
        _ if ABOUT_US.contains(&reply) || !is_judged => {
            SendError::Transport { code, retry_after: None }
        }
        // An error of the mail system or the network.
        (400..500, Some(Enhanced { subject: 3 | 4, .. })) => SendError::Refused { code },
        (400..500, _) => SendError::Transient { code, retry_after: None },
        (500..600, enhanced) if is_about_the_recipient(stage, reply, enhanced) => {
            SendError::Permanent { code }
        }
        (500..600, _) => SendError::Refused { code },
        // Neither acceptance nor refusal.
        _ if stage == Stage::Dot => SendError::Ambiguous { code },
        _ => SendError::Transport { code, retry_after: None },
    }
}

fn is_about_the_recipient(stage: Stage, reply: u16, enhanced: Option<Enhanced>) -> bool {
    match enhanced {
        None => stage == Stage::Rcpt && ABOUT_THE_MAILBOX.contains(&reply),
        Some(Enhanced { class: 5, subject, detail }) => match (subject, detail) {
            // About the sender's address.
            (1, 7 | 8) => false,
            (1 | 2, _) => true,
            // A non-ASCII address that the next server does not support (RFC 6531, section 3.5).
            (6, 7) => stage == Stage::Rcpt,
            _ => false,
        },
        // The enhanced code contradicts the reply.
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests;
