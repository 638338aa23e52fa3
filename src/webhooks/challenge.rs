//! Challenges: a receiver must confirm that it wants the events. Until then, nothing
//! else is posted to it.

use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use super::{WebhookClient, signing_keys};
use crate::{
    config::WebhookConfig,
    credentials::ServerKey,
    db::clock,
    error::{ApiError, ApiResult},
};

/// The client with which one worker posts challenges.
pub struct Challenger(Result<WebhookClient, String>);

impl Challenger {
    pub fn new(config: &WebhookConfig, deadline: Duration) -> Self {
        Self(WebhookClient::new(config, deadline))
    }

    /// 500 if the certificate file can no longer be read.
    pub fn client(&self) -> ApiResult<&WebhookClient> {
        self.0.as_ref().map_err(|error| ApiError::internal(error.clone()))
    }
}

/// Posts a signed `webhook.challenge`, which the receiver must return.
///
/// # Errors
/// Why the receiver has not confirmed, as a message for the owner of the webhook.
pub async fn challenge(
    client: &WebhookClient,
    server_key: &ServerKey,
    webhook_id: Uuid,
    url: &str,
) -> Result<(), String> {
    let challenge = Uuid::new_v4().simple().to_string();
    let event = json!({
        "type": "webhook.challenge",
        "timestamp": clock::now().to_rfc3339(),
        "data": {"challenge": challenge},
    });
    let keys = signing_keys(server_key, webhook_id);
    let body = event.to_string().into_bytes();
    let posted = client.post(url, &keys, Uuid::new_v4(), body).await?;
    if !posted.status.is_success() {
        return Err(format!("responded with {} to the challenge", posted.status.as_u16()));
    }
    if !is_echo(&posted.body, &challenge) {
        return Err("did not return the challenge".to_owned());
    }
    Ok(())
}

/// Whether `body` is the challenge, or a JSON object with it as `challenge`. A receiver that echoes
/// the whole request, as some services do, has not confirmed.
fn is_echo(body: &[u8], challenge: &str) -> bool {
    if body.trim_ascii() == challenge.as_bytes() {
        return true;
    }
    let object: Option<Value> = serde_json::from_slice(body).ok();
    object.is_some_and(|object| object.get("challenge").is_some_and(|echo| echo == challenge))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_challenge_itself_is_consent() {
        for (body, agrees) in [
            ("c0ffee", true),
            ("c0ffee\r\n", true),
            (r#"{"challenge": "c0ffee"}"#, true),
            (r#"{"challenge": "c0ffee", "ok": true}"#, true),
            ("", false),
            ("ok", false),
            (r#""c0ffee""#, false),
            (r#"{"challenge": "c0ffe"}"#, false),
            (r#"{"data": {"challenge": "c0ffee"}}"#, false),
            (r#"{"json": {"data": {"challenge": "c0ffee"}}}"#, false),
            ("<p>c0ffee</p>", false),
        ] {
            assert_eq!(is_echo(body.as_bytes(), "c0ffee"), agrees, "{body}");
        }
    }
}
