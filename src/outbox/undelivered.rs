//! Why messages do not reach an address or a phone number, in words for its owner. The text of a
//! mail server is never shown, because it can contain anything.

use derive_more::{Display, FromStr};
use utoipa::ToSchema;

/// The reason why messages do not reach an address or a phone number, derived from the
/// provider's error code.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq, ToSchema)]
#[display(rename_all = "snake_case")]
#[from_str(rename_all = "snake_case")]
#[schema(rename_all = "snake_case")]
#[schema(as = DeliveryProblemCode)]
pub enum Undelivered {
    NoSuchMailbox,
    NoSuchDomain,
    InvalidAddress,
    MailboxDisabled,
    MailboxFull,
    InvalidNumber,
    NoTextMessages,
    OptedOut,
    PhoneUnreachable,
    Blocked,
    NotServed,
    /// The last message expired before it could be delivered.
    NotInTime,
    /// It is unknown whether the provider accepted the last message.
    Unconfirmed,
    /// Rejected for any other reason.
    Refused,
}

impl Undelivered {
    /// The reason for the error class and code of a message that was given up. The enhanced status
    /// code (RFC 3463) takes precedence over the reply code, because it is more precise.
    pub fn of(class: &str, code: Option<&str>) -> Self {
        if class == "unconfirmed" {
            return Self::Unconfirmed;
        }
        let mut words = code.unwrap_or_default().split_whitespace();
        let reply = words.clone().next();
        match words.find(|word| word.contains('.')).or(reply) {
            Some("5.1.1" | "5.1.6") => Self::NoSuchMailbox,
            // RFC 7505: a null MX.
            Some("5.1.2" | "5.1.10") => Self::NoSuchDomain,
            Some("5.1.3") => Self::InvalidAddress,
            Some("5.2.1") => Self::MailboxDisabled,
            Some("5.2.2" | "552") => Self::MailboxFull,
            // Twilio's codes, on sending and afterwards: <https://www.twilio.com/docs/api/errors>.
            Some("21211" | "30005") => Self::InvalidNumber,
            Some("21614" | "30006") => Self::NoTextMessages,
            Some("21610") => Self::OptedOut,
            Some("30003") => Self::PhoneUnreachable,
            Some("30004" | "30007") => Self::Blocked,
            Some("21408" | "21612") => Self::NotServed,
            _ => Self::Refused,
        }
    }

    /// A sentence for the owner of the address or number.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::NoSuchMailbox => "The mail server says that this mailbox does not exist.",
            Self::NoSuchDomain => "The domain of this address does not accept mail.",
            Self::InvalidAddress => "The mail server says that this address is not valid.",
            Self::MailboxDisabled => "The mail server says that this mailbox does not accept mail.",
            Self::MailboxFull => "The mail server says that this mailbox is full.",
            Self::InvalidNumber => "This phone number does not exist.",
            Self::NoTextMessages => "This number cannot receive text messages.",
            Self::OptedOut => {
                "This number has opted out of text messages; reply START to one to get them again."
            }
            Self::PhoneUnreachable => "The phone could not be reached; it may be switched off.",
            Self::Blocked => "The carrier or the phone blocks our text messages.",
            Self::NotServed => "This server cannot send text messages to this number.",
            Self::NotInTime => "The last message could not be delivered in time.",
            Self::Unconfirmed => "It is not known whether the last message arrived.",
            Self::Refused => "The last message was refused.",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_enhanced_code_decides_and_otherwise_the_reply() {
        for (class, code, expected) in [
            ("permanent", Some("550 5.1.1 at RCPT"), "no_such_mailbox"),
            ("permanent", Some("550 5.1.1"), "no_such_mailbox"),
            ("permanent", Some("556 5.1.10 at RCPT"), "no_such_domain"),
            ("permanent", Some("550 5.1.2"), "no_such_domain"),
            ("permanent", Some("501 5.1.3"), "invalid_address"),
            ("permanent", Some("550 5.2.1 at RCPT"), "mailbox_disabled"),
            ("permanent", Some("552 5.2.2 at the dot"), "mailbox_full"),
            ("permanent", Some("552 at RCPT"), "mailbox_full"),
            // The message is too large, which does not mean that the mailbox is full.
            ("permanent", Some("552 5.2.3"), "refused"),
            ("permanent", Some("550"), "refused"),
            ("permanent", Some("554 5.7.1 at RCPT"), "refused"),
            ("permanent", None, "refused"),
            ("permanent", Some("21211"), "invalid_number"),
            ("permanent", Some("21610"), "opted_out"),
            ("permanent", Some("21614"), "no_text_messages"),
            ("permanent", Some("21408"), "not_served"),
            ("permanent", Some("30003"), "phone_unreachable"),
            ("permanent", Some("30007"), "blocked"),
            ("permanent", Some("30008"), "refused"),
            ("unconfirmed", None, "unconfirmed"),
        ] {
            assert_eq!(Undelivered::of(class, code).to_string(), expected, "{class} {code:?}");
        }
    }
}
