//! The steps of an SMTP dialogue, and how long the server may take over each.

use std::time::Duration;

use derive_more::Display;

/// A step, as operators read it in `last_error_code`.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum Stage {
    #[display("connect")]
    Connect,
    #[display("greeting")]
    Greeting,
    /// Also HELO, where the server does not know EHLO.
    #[display("EHLO")]
    Hello,
    #[display("STARTTLS")]
    StartTls,
    /// The handshake.
    #[display("TLS")]
    Tls,
    #[display("AUTH")]
    Auth,
    #[display("MAIL")]
    Mail,
    #[display("RCPT")]
    Rcpt,
    #[display("DATA")]
    Data,
    /// While the message is written.
    #[display("text")]
    Text,
    /// The final dot was written: the server may have taken the message.
    #[display("dot")]
    Dot,
}

impl Stage {
    /// The longest that the step may take. From DATA on as RFC 5321 (section 4.5.3.2) wants it: a
    /// server delivers or scans before it answers the dot, and an answer missed is a second copy.
    /// Before DATA the RFC's five minutes are too many for a code that is good for ten: giving up
    /// there costs nothing, because the server has taken nothing.
    pub fn patience(self) -> Duration {
        Duration::from_secs(match self {
            Self::Connect => 30,
            Self::Greeting
            | Self::Hello
            | Self::StartTls
            | Self::Tls
            | Self::Auth
            | Self::Mail
            | Self::Rcpt => 60,
            Self::Data => 120,
            Self::Text => 180,
            Self::Dot => 600,
        })
    }
}
