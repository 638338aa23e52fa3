//! Sends text messages to Twilio, or writes them to a mailbox folder.

use std::path::PathBuf;

use super::twilio::Twilio;
use crate::config::SmsConfig;

/// The configured transport.
pub enum Texter {
    Twilio(Twilio),
    Mailbox(PathBuf),
}

impl Texter {
    /// `None` if no transport is configured. Must be called on the runtime that will send.
    pub fn new(config: &SmsConfig) -> Option<Self> {
        match config {
            SmsConfig::Unavailable => None,
            SmsConfig::Mailbox(folder) => Some(Self::Mailbox(folder.clone())),
            SmsConfig::Twilio(config) => Some(Self::Twilio(Twilio::new(config))),
        }
    }
}
