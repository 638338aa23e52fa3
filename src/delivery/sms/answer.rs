//! Interprets Twilio's responses. Values of an unexpected type are treated as missing.

use std::time::Duration;

use awc::http::StatusCode;
use serde_json::Value;

use crate::{delivery::send_error::SendError, outgoing::Answer};

/// Errors about the recipient, which a retry cannot fix: the number is invalid or cannot receive
/// text messages, is unreachable from this sender, is in a region that is not allowed, has
/// unsubscribed, or is unverified on a trial account. Also the errors that carriers report later:
/// switched off, blocked, unknown, a landline. See <https://www.twilio.com/docs/api/errors>.
const ABOUT_THE_RECIPIENT: [u64; 17] = [
    21211, 21214, 21217, 21219, 21265, 21401, 21408, 21421, 21608, 21610, 21612, 21614, 21635,
    30003, 30004, 30005, 30006,
];

/// Errors about our account or sender, or temporary ones: they apply to every message.
const ABOUT_US: [u64; 14] = [
    14107, 20003, 20005, 20429, 21212, 21603, 21611, 21659, 21660, 30001, 30002, 30022, 30023,
    63038,
];

/// A message in Twilio's description.
#[derive(Debug, PartialEq, Eq)]
pub struct Message {
    pub sid: String,
    pub body: Option<String>,
    status: String,
    error_code: Option<u64>,
}

impl Message {
    /// `None` if the value does not describe a message.
    pub fn read(value: &Value) -> Option<Self> {
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        let sid = text("sid").filter(|sid| {
            (1..=64).contains(&sid.len()) && sid.bytes().all(|byte| byte.is_ascii_alphanumeric())
        })?;
        let status = text("status").filter(|status| !status.is_empty())?;
        let error_code = value.get("error_code").and_then(number);
        Some(Self { sid, body: text("body"), status, error_code })
    }

    /// Why the message was not delivered, if Twilio says that it never will be.
    pub fn failure(&self) -> Option<SendError> {
        if !["failed", "undelivered", "canceled"].contains(&self.status.as_str()) {
            return None;
        }
        let code = self.error_code.map_or_else(|| self.status.clone(), |code| code.to_string());
        Some(match self.error_code {
            Some(about) if ABOUT_THE_RECIPIENT.contains(&about) => SendError::permanent(code),
            Some(about) if ABOUT_US.contains(&about) => SendError::transport(code),
            _ => SendError::Transient { code: Some(code), retry_after: None },
        })
    }
}

/// Why a message was not accepted, from a response that is not 2xx.
pub fn refusal(answer: &Answer) -> SendError {
    let body = answer.body.as_deref().unwrap_or_default();
    let body: Value = serde_json::from_slice(body).unwrap_or_default();
    classify(answer.status, answer.retry_after(), body.get("code").and_then(number))
}

fn classify(status: StatusCode, retry_after: Option<Duration>, reason: Option<u64>) -> SendError {
    let code = Some(reason.unwrap_or(status.as_u16().into()).to_string());
    let is_in = |codes: &[u64]| reason.is_some_and(|reason| codes.contains(&reason));
    match status {
        _ if is_in(&ABOUT_THE_RECIPIENT) => SendError::Permanent { code },
        _ if status.is_server_error() => SendError::Ambiguous { code },
        _ if is_in(&ABOUT_US) => SendError::Transport { code, retry_after },
        StatusCode::BAD_REQUEST => SendError::Transient { code, retry_after },
        // A failed login, an unknown account, too many requests, a redirection: about us.
        _ => SendError::Transport { code, retry_after },
    }
}

/// Reads a code, which some of Twilio's responses contain as text.
fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn refusals_are_about_the_recipient_about_us_or_for_now() {
        for (status, code, class) in [
            (400, json!(21211), "permanent"),
            (400, json!("21610"), "permanent"),
            (403, json!(21408), "permanent"),
            (400, json!(21606), "transient"),
            (400, json!(63038), "transport"),
            (400, json!(20003), "transport"),
            (400, json!(null), "transient"),
            (400, json!({}), "transient"),
            (400, json!(1e300), "transient"),
            (301, json!(null), "transport"),
            (401, json!(20003), "transport"),
            (404, json!("<html>"), "transport"),
            (429, json!(20429), "transport"),
            (500, json!(20003), "ambiguous"),
            (503, json!(null), "ambiguous"),
        ] {
            let status = StatusCode::from_u16(status).unwrap();
            let refused = classify(status, None, number(&code));
            assert_eq!(refused.class(), class, "{status} {code}");
            let expected = number(&code).unwrap_or(status.as_u16().into()).to_string();
            assert_eq!(refused.code(), Some(expected));
        }
    }

    #[test]
    fn messages_are_read_for_what_they_are() {
        let sid = "SM00000000000000000000000000000001";
        let read = |value: Value| Message::read(&value);
        for odd in [
            json!(null),
            json!([]),
            json!("queued"),
            json!({"sid": sid}),
            json!({"sid": sid, "status": null}),
            json!({"sid": sid, "status": 1}),
            json!({"sid": null, "status": "queued"}),
            json!({"sid": 5, "status": "queued"}),
            json!({"sid": "", "status": "queued"}),
            json!({"sid": "SM/../1", "status": "queued"}),
            json!({"sid": "S".repeat(65), "status": "queued"}),
        ] {
            assert_eq!(read(odd.clone()), None, "{odd}");
        }
        for (status, error_code, failure) in [
            ("queued", json!(null), None),
            ("delivered", json!(30003), None),
            ("a status of the future", json!({}), None),
            ("failed", json!(null), Some(("transient", "failed"))),
            ("canceled", json!(-1), Some(("transient", "canceled"))),
            ("undelivered", json!("30003"), Some(("permanent", "30003"))),
            ("failed", json!(30002), Some(("transport", "30002"))),
            ("undelivered", json!(30007), Some(("transient", "30007"))),
        ] {
            let message = json!({"sid": sid, "status": status, "error_code": error_code});
            let found = read(message).unwrap().failure();
            let found = found.map(|failure| (failure.class(), failure.code().unwrap()));
            assert_eq!(found, failure.map(|(class, code)| (class, code.to_owned())), "{status}");
        }
    }
}
