//! Why a message was not sent, by what that means for the next try: the one table from what went
//! wrong to what becomes of the message and of the channel.

use std::time::Duration;

use super::{
    breaker::Health,
    email::{Cause, Enhanced, Failure, Stage},
};
use crate::{
    config::DeliveryConfig,
    outbox::{schedule, store::Completion},
};

/// How long a code is valid. A longer pause that a provider asks for applies to the message it
/// refused; the channel is probed as usual, or nobody could log in meanwhile.
const LONGEST_CHANNEL_PAUSE: Duration = Duration::from_secs(600);

/// No message lives longer, and PostgreSQL's timestamps have an end.
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// Replies about our login (RFC 4954, section 6) or the end of the service, wherever they come.
const ABOUT_US: [u16; 5] = [421, 530, 534, 535, 538];

/// Replies to RCPT that are about the mailbox, unless an enhanced code says otherwise: unavailable,
/// not local, name not allowed (RFC 5321, section 4.2.2), a domain without mail (RFC 7504).
const ABOUT_THE_MAILBOX: [u16; 4] = [550, 551, 553, 556];

/// What a channel's actor answers: what the provider calls the message, or why it was not sent.
pub type SendResult = Result<Option<String>, SendError>;

/// See the module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SendError {
    /// The provider could not be reached or refused us: the message is not at fault.
    Transport { code: Option<String>, retry_after: Option<Duration> },
    /// No answer before the deadline.
    Timeout { code: Option<String> },
    /// The provider wants it later.
    Transient { code: Option<String>, retry_after: Option<Duration> },
    /// The provider did not take this message, for a reason that may be its own or ours: a policy, a
    /// quota, a route. Several in a row say that it takes none.
    Refused { code: Option<String> },
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

    /// The reply code, where the provider gave one, or what went wrong before it could.
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

    /// Whether the provider certainly did not take the message.
    pub fn is_certain(&self) -> bool {
        !matches!(
            self,
            Self::Timeout { .. } | Self::Ambiguous { .. } | Self::Unconfirmed | Self::Interrupted
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
            // Another replica need not wait for the lease.
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
            // Each further try may be a further copy.
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

/// Classifies an unexpected reply. Before RCPT it concerns us or the server, whatever its digits: no
/// message is at fault there. At RCPT and at the dot, only the recipient's address (5.1) and
/// mailbox (5.2) end a message (RFC 3463, section 3).
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
        // The mail system or the network.
        (400..500, Some(Enhanced { subject: 3 | 4, .. })) => SendError::Refused { code },
        (400..500, _) => SendError::Transient { code, retry_after: None },
        (500..600, enhanced) if is_about_the_recipient(stage, reply, enhanced) => {
            SendError::Permanent { code }
        }
        (500..600, _) => SendError::Refused { code },
        // Neither yes nor no.
        _ if stage == Stage::Dot => SendError::Ambiguous { code },
        _ => SendError::Transport { code, retry_after: None },
    }
}

fn is_about_the_recipient(stage: Stage, reply: u16, enhanced: Option<Enhanced>) -> bool {
    match enhanced {
        None => stage == Stage::Rcpt && ABOUT_THE_MAILBOX.contains(&reply),
        Some(Enhanced { class: 5, subject, detail }) => match (subject, detail) {
            // The sender's address.
            (1, 7 | 8) => false,
            (1 | 2, _) => true,
            // An address outside ASCII that the next server cannot take (RFC 6531, section 3.5).
            (6, 7) => stage == Stage::Rcpt,
            _ => false,
        },
        // A code that contradicts its reply.
        Some(_) => false,
    }
}

#[cfg(test)]
mod tests;
