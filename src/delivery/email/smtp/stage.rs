//! The steps of an SMTP dialogue and their timeouts.

use std::time::Duration;

use derive_more::Display;

/// A step, as shown to operators in `last_error_code`.
#[derive(Clone, Copy, Debug, Display, PartialEq, Eq)]
pub enum Stage {
    #[display("connect")]
    Connect,
    #[display("greeting")]
    Greeting,
    /// Also HELO, if the server does not know EHLO.
    #[display("EHLO")]
    Hello,
    #[display("STARTTLS")]
    StartTls,
    /// The TLS handshake.
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
    /// The message is being written.
    #[display("text")]
    Text,
    /// The final dot was written: the server may have accepted the message.
    #[display("dot")]
    Dot,
}

impl Stage {
    /// The timeout of the step. From DATA on, as recommended by RFC 5321 (section 4.5.3.2): a
    /// server delivers or scans the message before it replies to the dot, and a missed reply causes
    /// a second copy. Before DATA, the RFC's five minutes are too long for a code that is valid for
    /// ten. Giving up there is safe, because the server has not accepted anything.
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
