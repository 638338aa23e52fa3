//! How text messages are sent: through Twilio, into the mailbox folder, or not at all.

use std::{path::PathBuf, time::Duration};

use secrecy::SecretString;

use super::{
    source::Source,
    units::{HttpUrl, Seconds},
};

/// An account at Twilio.
#[derive(Clone, Debug)]
pub struct TwilioConfig {
    pub account_sid: String,
    pub auth_token: SecretString,
    pub sender: TwilioSender,
    /// The URL of its API, without a trailing slash. Configurable for tests.
    pub base_url: String,
    /// How long after sending a message its delivery is checked at Twilio.
    pub check_after: Duration,
}

/// The sender of messages.
#[derive(Clone, Debug)]
pub enum TwilioSender {
    /// A number in E.164 format, or an alphanumeric sender id.
    From(String),
    /// A messaging service, which chooses the sender.
    MessagingService(String),
}

/// The destination of text messages.
#[derive(Clone, Debug)]
pub enum SmsConfig {
    Twilio(TwilioConfig),
    /// One `.txt` file per message, with the code in the log. For development.
    Mailbox(PathBuf),
    /// Not configured: endpoints that need SMS return `channel_unavailable`.
    Unavailable,
}

impl SmsConfig {
    /// `mailbox` is the value of `MAILBOX_DIR`, which was already read for mail.
    pub(super) fn read(s: &mut Source, mailbox: Option<PathBuf>) -> Option<Self> {
        let account_sid: Option<String> = s.optional("TWILIO_ACCOUNT_SID");
        let auth_token = s.secret("TWILIO_AUTH_TOKEN");
        let from: Option<String> = s.optional("TWILIO_FROM_NUMBER");
        let service: Option<String> = s.optional("TWILIO_MESSAGING_SERVICE_SID");
        let base_url = s.or("TWILIO_BASE_URL", HttpUrl("https://api.twilio.com".into())).0;
        let check_after = s.or("TWILIO_CHECK_SECS", Seconds(60.0)).into();
        let Some(account_sid) = account_sid else {
            for (name, is_set) in [
                ("TWILIO_AUTH_TOKEN", auth_token.is_some()),
                ("TWILIO_FROM_NUMBER", from.is_some()),
                ("TWILIO_MESSAGING_SERVICE_SID", service.is_some()),
            ] {
                if is_set {
                    s.fault(name, "needs TWILIO_ACCOUNT_SID as well");
                }
            }
            return Some(mailbox.map_or(Self::Unavailable, Self::Mailbox));
        };
        if auth_token.is_none() {
            s.fault("TWILIO_AUTH_TOKEN", "is missing, and TWILIO_ACCOUNT_SID needs it");
        }
        if !account_sid.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            s.fault(
                "TWILIO_ACCOUNT_SID",
                "must be letters and digits, as Twilio's console shows it",
            );
        }
        let sender = match (from, service) {
            (Some(_), Some(_)) => {
                s.fault(
                    "TWILIO_MESSAGING_SERVICE_SID",
                    "cannot be set together with TWILIO_FROM_NUMBER",
                );
                return None;
            }
            (Some(from), None) => TwilioSender::From(from),
            (None, Some(service)) => TwilioSender::MessagingService(service),
            (None, None) => {
                s.fault("TWILIO_FROM_NUMBER", "is missing: the number that messages are sent from");
                return None;
            }
        };
        let auth_token = auth_token?;
        let config = TwilioConfig { account_sid, auth_token, sender, base_url, check_after };
        Some(Self::Twilio(config))
    }

    /// Whether text messages can be sent.
    pub fn is_available(&self) -> bool {
        !matches!(self, Self::Unavailable)
    }
}
