//! How mail is sent: through SMTP, into a mailbox folder, or not at all.

use std::path::PathBuf;

use derive_more::{Display, FromStr};
use lettre::message::Mailbox;
use secrecy::SecretString;

use super::source::Source;

/// TLS for connections to the mail server.
#[derive(Clone, Copy, Debug, Display, FromStr, PartialEq, Eq)]
#[display(rename_all = "lowercase")]
#[from_str(rename_all = "lowercase")]
pub enum SmtpTls {
    /// STARTTLS before any other command (port 587).
    StartTls,
    /// TLS from the first byte (port 465).
    Implicit,
    /// No TLS. Only for a relay on the same machine.
    None,
}

/// The mail server.
#[derive(Clone, Debug)]
pub struct SmtpConfig {
    pub host: String,
    pub port: u16,
    pub tls: SmtpTls,
    pub credentials: Option<(String, SecretString)>,
    /// PEM file of additional certificate authorities, for a relay with a private one.
    pub root_cert: Option<PathBuf>,
}

/// The destination of mails.
#[derive(Clone, Debug)]
pub enum MailTransport {
    Smtp(SmtpConfig),
    /// One `.eml` file per mail, with the link in the log. For development.
    Mailbox(PathBuf),
    /// Not configured: endpoints that need mail return `channel_unavailable`.
    Unavailable,
}

/// Transport and sender.
#[derive(Clone, Debug)]
pub struct MailConfig {
    pub transport: MailTransport,
    pub from: Mailbox,
}

impl MailConfig {
    /// `mailbox` is the value of `MAILBOX_DIR`.
    pub(super) fn read(s: &mut Source, mailbox: Option<PathBuf>) -> Option<Self> {
        let host: Option<String> = s.optional("SMTP_HOST");
        let port = s.or("SMTP_PORT", 587);
        let tls = s.or("SMTP_TLS", SmtpTls::StartTls);
        let user: Option<String> = s.optional("SMTP_USER");
        let pass = s.secret("SMTP_PASS");
        let root_cert: Option<PathBuf> = s.optional("SMTP_ROOT_CERT");
        let from: Option<Mailbox> = s.optional("SMTP_FROM");
        if user.is_some() != pass.is_some() {
            s.fault("SMTP_USER", "must be set together with SMTP_PASS");
        }
        let transport = match (host, mailbox) {
            (Some(host), _) => {
                if from.is_none() {
                    s.fault("SMTP_FROM", "is missing: the address that mails are sent from");
                }
                let credentials = user.zip(pass);
                MailTransport::Smtp(SmtpConfig { host, port, tls, credentials, root_cert })
            }
            (None, Some(folder)) => MailTransport::Mailbox(folder),
            (None, None) => MailTransport::Unavailable,
        };
        let from = from.or_else(|| "sports-log@localhost".parse().ok())?;
        Some(Self { transport, from })
    }

    /// Whether mails can be sent.
    pub fn is_available(&self) -> bool {
        !matches!(self.transport, MailTransport::Unavailable)
    }
}
