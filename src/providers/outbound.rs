//! HTTP calls to providers: no redirects, 10 s, 64 KiB. Each worker has its own
//! client, as awc requires.

use std::time::Duration;

use awc::{SendClientRequest, http::Method};
use derive_more::{Display, Error, From};
use oauth2::{HttpRequest, HttpResponse};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;

use crate::outgoing::{Bounds, Failure, Outgoing, exchange};

/// The timeout and size limit of a response.
const BOUNDS: Bounds = Bounds {
    patience: Duration::from_secs(10),
    body_patience: Duration::from_secs(10),
    body_bytes: 64 * 1024,
};

/// Why there is no usable response. Never contains what was sent.
#[derive(Debug, Display, Error, From)]
pub enum CallError {
    #[display("the request failed: {_0}")]
    Failed(Failure),
    #[display("the provider responded with {_0}")]
    #[from(skip)]
    Refused(#[error(not(source))] u16),
    #[display("the provider sent an unusable response: {_0}")]
    #[from(skip)]
    Garbage(#[error(not(source))] String),
}

/// A response with any status.
pub struct Answer {
    pub status: u16,
    /// Lower case, without parameters. Empty if the response has none.
    pub media_type: String,
    pub body: Vec<u8>,
}

/// The HTTP client of one worker.
#[derive(Default)]
pub struct Outbound(Outgoing);

impl Outbound {
    /// The underlying client, for other kinds of calls.
    pub fn client(&self) -> Outgoing {
        self.0.clone()
    }

    /// Sends a request of the `oauth2` crate, which uses another version of `http` than awc.
    pub async fn call(&self, request: HttpRequest) -> Result<HttpResponse, CallError> {
        let (parts, body) = request.into_parts();
        let method = parts.method.as_str().parse::<Method>().map_err(garbage)?;
        let mut sending = self.0.request(method, &parts.uri.to_string())?;
        for (name, value) in &parts.headers {
            sending = sending.append_header((name.as_str(), value.as_bytes()));
        }
        let answer = Self::exchange(sending.send_body(body)).await?;
        let response = oauth2::http::Response::builder().status(answer.status);
        response.body(answer.body).map_err(garbage)
    }

    /// Fetches JSON from `url`, with `bearer` as the bearer token.
    pub async fn get<T: DeserializeOwned>(
        &self,
        url: &str,
        bearer: Option<&SecretString>,
    ) -> Result<T, CallError> {
        self.ask(url, bearer).await?.json()
    }

    /// Fetches `url`, with `bearer` as the bearer token.
    pub async fn ask(&self, url: &str, bearer: Option<&SecretString>) -> Result<Answer, CallError> {
        let mut request = self.0.request(Method::GET, url)?;
        if let Some(token) = bearer {
            request = request.bearer_auth(token.expose_secret());
        }
        Self::exchange(request.send()).await
    }

    async fn exchange(sending: SendClientRequest) -> Result<Answer, CallError> {
        let answer = exchange(sending, BOUNDS).await?;
        Ok(Answer {
            status: answer.status.as_u16(),
            media_type: answer.media_type(),
            body: answer.body?,
        })
    }
}

impl Answer {
    /// Parses the body of a successful response.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, CallError> {
        if self.status != 200 {
            return Err(CallError::Refused(self.status));
        }
        serde_json::from_slice(&self.body).map_err(garbage)
    }
}

fn garbage(error: impl std::fmt::Display) -> CallError {
    CallError::Garbage(error.to_string())
}
