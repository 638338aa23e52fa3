//! Calls to providers: no redirects, 10 s, 64 KiB. Belongs to one worker, as every awc client does.

use std::time::Duration;

use derive_more::{Display, Error};
use oauth2::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

/// The longest that a provider may take over one answer.
const PATIENCE: Duration = Duration::from_secs(10);

const LONGEST_ANSWER: usize = 64 * 1024;

/// Why there is no answer that could be used. Never holds what was sent.
#[derive(Debug, Display, Error)]
pub enum CallError {
    #[display("no answer within {} s", PATIENCE.as_secs())]
    TimedOut,
    #[display("cannot be asked: {_0}")]
    Failed(#[error(not(source))] String),
    #[display("answered {_0}")]
    Refused(#[error(not(source))] u16),
    #[display("answered what nobody understands: {_0}")]
    Garbage(#[error(not(source))] String),
}

/// See the module.
pub struct Outbound(awc::Client);

impl Default for Outbound {
    /// Needs the runtime that will call.
    fn default() -> Self {
        Self(awc::Client::builder().disable_redirects().timeout(PATIENCE).finish())
    }
}

impl Outbound {
    /// For calls of other kinds.
    pub fn client(&self) -> awc::Client {
        self.0.clone()
    }

    /// Sends a request of the `oauth2` crate's, which speaks another version of `http` than awc.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let method = parts.method.as_str().parse::<awc::http::Method>().map_err(failed)?;
        let mut sending = self.0.request(method, parts.uri.to_string());
        for (name, value) in &parts.headers {
            sending = sending.append_header((name.as_str(), value.as_bytes()));
        }
        let (status, body) = in_time(sending.send_body(body)).await?;
        oauth2::http::Response::builder().status(status).body(body).map_err(failed)
    }

    /// The JSON at `url`, asked for in the name of `bearer`.
    pub async fn get<T: DeserializeOwned>(
        &self,
        url: &str,
        bearer: Option<&SecretString>,
    ) -> Result<T, CallError> {
        let mut request = self.0.get(url);
        if let Some(token) = bearer {
            request = request.bearer_auth(token.expose_secret());
        }
        let (status, body) = in_time(request.send()).await?;
        if status != 200 {
            return Err(CallError::Refused(status));
        }
        serde_json::from_slice(&body).map_err(|error| CallError::Garbage(error.to_string()))
    }
}

/// Status and body, both before the patience ends: the client's own time-out ends with the headers.
async fn in_time(sending: awc::SendClientRequest) -> Result<(u16, Vec<u8>), CallError> {
    let exchange = async {
        let mut response = sending.await.map_err(failed)?;
        let body = response.body().limit(LONGEST_ANSWER).await.map_err(failed)?;
        Ok((response.status().as_u16(), body.to_vec()))
    };
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or(Err(CallError::TimedOut))
}

fn failed(error: impl std::fmt::Display) -> CallError {
    CallError::Failed(error.to_string())
}
