//! Twilio's Messages resource: <https://www.twilio.com/docs/messaging/api/message-resource>.

use std::time::Duration;

use awc::{
    ClientRequest,
    http::{Method, StatusCode},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::answer::{Message, refusal};
use crate::{
    config::{TwilioConfig, TwilioSender},
    delivery::send_error::{SendError, SendResult},
    outgoing::{Answer, Bounds, Failure, Outgoing, exchange},
};

/// The timeout of a request, and the maximum size of a response.
const BOUNDS: Bounds = Bounds {
    patience: Duration::from_secs(10),
    body_patience: Duration::from_secs(10),
    body_bytes: 256 * 1024,
};

/// The values that Twilio accepts for `ValidityPeriod`, in seconds.
const VALIDITY_SECS: std::ops::RangeInclusive<u64> = 1..=36_000;

/// A client for one account.
pub struct Twilio {
    outgoing: Outgoing,
    /// The URL of the account's messages, without `.json`.
    messages_url: String,
    account_sid: String,
    auth_token: SecretString,
    sender: TwilioSender,
    /// How long after sending a message its delivery is checked.
    pub check_after: Duration,
}

impl Twilio {
    /// Must be called on the runtime that will send.
    pub fn new(config: &TwilioConfig) -> Self {
        let TwilioConfig { account_sid, auth_token, sender, base_url, check_after } =
            config.clone();
        let messages_url = format!("{base_url}/2010-04-01/Accounts/{account_sid}/Messages");
        let outgoing = Outgoing::default();
        Self { outgoing, messages_url, account_sid, auth_token, sender, check_after }
    }

    /// Submits a message and returns Twilio's id. Twilio does not deliver the message after `life`.
    ///
    /// Only 201 with an id and a status other than failed is success. Any other 2xx may come from a
    /// system between Twilio and us, and says nothing about the message.
    pub async fn send(&self, to: &str, body: &str, life: Duration) -> SendResult {
        let validity = life.as_secs().clamp(*VALIDITY_SECS.start(), *VALIDITY_SECS.end());
        let validity = validity.to_string();
        let (sender, value) = match &self.sender {
            TwilioSender::From(number) => ("From", number),
            TwilioSender::MessagingService(sid) => ("MessagingServiceSid", sid),
        };
        let form =
            [("To", to), (sender, value), ("Body", body), ("ValidityPeriod", validity.as_str())];
        let request = self.request(Method::POST, "")?;
        let answer = exchange(request.send_form(&form), BOUNDS).await.map_err(unanswered)?;
        if !answer.status.is_success() {
            return Err(refusal(&answer));
        }
        let ambiguous = || SendError::Ambiguous { code: Some(answer.status.as_u16().to_string()) };
        let message = Some(&answer).filter(|answer| answer.status == StatusCode::CREATED);
        let message = message.and_then(json).as_ref().and_then(Message::read);
        let message = message.ok_or_else(ambiguous)?;
        message.failure().map_or(Ok(Some(message.sid)), Err)
    }

    /// The id of a message to `to` that contains `body` and has not failed, if Twilio has one.
    /// Codes make bodies unique. Trial accounts put Twilio's own text before them.
    pub async fn find(&self, to: &str, body: &str) -> SendResult {
        let request = self.request(Method::GET, "")?.query(&[("To", to), ("PageSize", "50")]);
        let page = self.query(request.map_err(SendError::transport)?).await?;
        let Some(listed) = page.get("messages").and_then(Value::as_array) else {
            return Err(SendError::transport("an unreadable list of messages"));
        };
        let ours = |message: &Message| {
            message.body.as_deref().is_some_and(|text| text.contains(body))
                && message.failure().is_none()
        };
        Ok(listed.iter().filter_map(Message::read).find(ours).map(|message| message.sid))
    }

    /// Why Twilio could not deliver an accepted message; `None` if it has not failed. Fails if
    /// Twilio cannot be asked.
    pub async fn failure(&self, sid: &str) -> Result<Option<SendError>, SendError> {
        let request = self.request(Method::GET, &format!("/{sid}"))?;
        let message = self.query(request).await?;
        let message = Message::read(&message).filter(|message| message.sid == sid);
        let message = message.ok_or_else(|| SendError::transport("an unreadable message"))?;
        Ok(message.failure())
    }

    fn request(&self, method: Method, below: &str) -> Result<ClientRequest, SendError> {
        let request = self.outgoing.request(method, &format!("{}{below}.json", self.messages_url));
        let request = request.map_err(SendError::transport)?;
        Ok(request.basic_auth(&self.account_sid, self.auth_token.expose_secret()))
    }

    /// Sends a query and returns the JSON of the response. A query sends no message, so after any
    /// other response it can simply be repeated.
    async fn query(&self, request: ClientRequest) -> Result<Value, SendError> {
        let answer = exchange(request.send(), BOUNDS).await.map_err(SendError::transport)?;
        if answer.status == StatusCode::OK {
            return json(&answer).ok_or_else(|| SendError::transport("an unreadable response"));
        }
        Err(SendError::Transport {
            code: refusal(&answer).code(),
            retry_after: answer.retry_after(),
        })
    }
}

fn json(answer: &Answer) -> Option<Value> {
    serde_json::from_slice(answer.body.as_ref().ok()?).ok()
}

fn unanswered(failure: Failure) -> SendError {
    match failure {
        Failure::Unreachable(_) => SendError::transport(failure),
        Failure::NoAnswer(_) | Failure::TimedOut => {
            SendError::Ambiguous { code: Some(failure.to_string()) }
        }
    }
}
