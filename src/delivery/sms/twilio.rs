//! Twilio's Messages resource: <https://www.twilio.com/docs/messaging/api/message-resource>.

use std::{future::Future, time::Duration};

use awc::{Client, ClientRequest, error::SendRequestError, http::StatusCode};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, de::DeserializeOwned};

use crate::{
    config::{TwilioConfig, TwilioSender},
    delivery::send_error::{SendError, SendResult},
    retry_after::retry_after,
};

/// The longest that Twilio may take over one request.
const PATIENCE: Duration = Duration::from_secs(10);

/// No answer of Twilio's is as long as this.
const LONGEST_ANSWER: usize = 64 * 1024;

/// Seconds within which Twilio may still pass a message on.
const VALIDITY_SECS: std::ops::RangeInclusive<u64> = 1..=36_000;

/// Errors about the recipient, whom no other try would reach: no valid number, unreachable from this
/// sender, a region that is not allowed, unsubscribed, a line without SMS.
/// See <https://www.twilio.com/docs/api/errors>.
const ABOUT_THE_RECIPIENT: [u32; 5] = [21211, 21408, 21610, 21612, 21614];

/// A client of one account.
pub struct Twilio {
    client: Client,
    messages_url: String,
    account_sid: String,
    auth_token: SecretString,
    sender: TwilioSender,
}

#[derive(Deserialize)]
struct Accepted {
    sid: String,
}

#[derive(Deserialize)]
struct Refused {
    code: Option<u32>,
}

#[derive(Deserialize)]
struct Page {
    messages: Vec<Listed>,
}

#[derive(Deserialize)]
struct Listed {
    sid: String,
    status: String,
    body: String,
}

impl Twilio {
    /// Needs the runtime that will send.
    pub fn new(config: &TwilioConfig) -> Self {
        let TwilioConfig { account_sid, auth_token, sender, base_url } = config.clone();
        let client = Client::builder().disable_redirects().timeout(PATIENCE).finish();
        let messages_url = format!("{base_url}/2010-04-01/Accounts/{account_sid}/Messages.json");
        Self { client, messages_url, account_sid, auth_token, sender }
    }

    /// Hands one message over; Twilio's id of it comes back. It is not passed on after `life`.
    pub async fn send(&self, to: &str, body: &str, life: Duration) -> SendResult {
        let validity = life.as_secs().clamp(*VALIDITY_SECS.start(), *VALIDITY_SECS.end());
        let validity = validity.to_string();
        let (sender, value) = match &self.sender {
            TwilioSender::From(number) => ("From", number),
            TwilioSender::MessagingService(sid) => ("MessagingServiceSid", sid),
        };
        let form =
            [("To", to), (sender, value), ("Body", body), ("ValidityPeriod", validity.as_str())];
        let sending = self.authorised(self.client.post(&self.messages_url)).send_form(&form);
        let (status, accepted) = in_time(read::<Accepted>(sending)).await?;
        // An answer that cannot be read is still an answer: the message is theirs.
        Ok(accepted.map(|accepted| accepted.sid).or_else(|| Some(status.to_string())))
    }

    /// The id of a message to `to` that says `body` and has not failed, if Twilio has one. Codes make
    /// bodies unique; trial accounts put words of Twilio's before them.
    pub async fn find(&self, to: &str, body: &str) -> SendResult {
        let request = self.client.get(&self.messages_url).query(&[("To", to), ("PageSize", "50")]);
        let request = request.map_err(SendError::transport)?;
        let (_, page) = in_time(read::<Page>(self.authorised(request).send())).await.map_err(
            // Nothing was sent by asking.
            |error| match error {
                SendError::Ambiguous { code } => SendError::Transport { code, retry_after: None },
                error => error,
            },
        )?;
        let page = page.ok_or_else(|| SendError::transport("an unreadable list"))?;
        let has_failed = |status: &str| ["failed", "undelivered", "canceled"].contains(&status);
        let ours = |message: &Listed| message.body.contains(body) && !has_failed(&message.status);
        Ok(page.messages.into_iter().find(ours).map(|message| message.sid))
    }

    fn authorised(&self, request: ClientRequest) -> ClientRequest {
        request.basic_auth(&self.account_sid, self.auth_token.expose_secret())
    }
}

/// The transport's own time-out ends with the headers.
async fn in_time<T>(exchange: impl Future<Output = Result<T, SendError>>) -> Result<T, SendError> {
    let no_answer = Err(SendError::Ambiguous { code: Some("no answer in time".into()) });
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or(no_answer)
}

/// The status and the body of a 2xx answer; any other is an error by what it means.
async fn read<T: DeserializeOwned>(
    sending: awc::SendClientRequest,
) -> Result<(StatusCode, Option<T>), SendError> {
    let mut response = sending.await.map_err(|error| match error {
        SendRequestError::Connect(_) | SendRequestError::Url(_) => SendError::transport(error),
        _ => SendError::Ambiguous { code: Some(error.to_string()) },
    })?;
    let status = response.status();
    let retry_after = retry_after(response.headers());
    let body = response.body().limit(LONGEST_ANSWER).await.unwrap_or_default();
    if status.is_success() {
        return Ok((status, serde_json::from_slice(&body).ok()));
    }
    let reason = serde_json::from_slice::<Refused>(&body).ok().and_then(|refused| refused.code);
    let code = Some(reason.map_or(status.as_u16().to_string(), |reason| reason.to_string()));
    Err(match status {
        _ if reason.is_some_and(|reason| ABOUT_THE_RECIPIENT.contains(&reason)) => {
            SendError::Permanent { code }
        }
        _ if status.is_server_error() => SendError::Ambiguous { code },
        StatusCode::BAD_REQUEST => SendError::Transient { code, retry_after },
        // Another login, another account, too many requests, a redirection: about us.
        _ => SendError::Transport { code, retry_after },
    })
}
