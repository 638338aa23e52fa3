//! A text message, as the local Twilio stores and shows it.

use serde_json::{Value, json};

/// A message that was accepted.
#[derive(Clone, Debug)]
pub struct Sms {
    pub sid: String,
    pub to: String,
    pub from: String,
    pub body: String,
    pub validity_secs: u32,
    pub status: &'static str,
    /// JSON, as Twilio shows it beside the status.
    pub error_code: &'static str,
}

impl Sms {
    /// The code, which comes first.
    pub fn code(&self) -> String {
        self.body.chars().take(6).collect()
    }

    /// As Twilio's API shows it.
    pub fn json(&self) -> Value {
        let Self { sid, to, body, status, error_code, .. } = self;
        let error_code: Value = serde_json::from_str(error_code).unwrap();
        json!({"sid": sid, "status": status, "body": body, "to": to, "error_code": error_code})
    }
}
