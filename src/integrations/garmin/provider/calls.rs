//! Calls to Garmin: no redirects, a minute for each, bounded answers.

use std::time::Duration;

use awc::{ClientRequest, http::header};
use derive_more::From;
use secrecy::{ExposeSecret, SecretString};

use super::Trouble;
use crate::{recordings::MAX_FILE_BYTES, retry_after::retry_after};

const PATIENCE: Duration = Duration::from_secs(60);

/// A list of forty activities has about 200 KiB.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// When Garmin does not say how long to wait, and the longest that is believed.
const PAUSE: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(24 * 3600);

/// A client of the worker or the actor that calls.
#[derive(Clone, From)]
pub struct Calls(awc::Client);

impl Default for Calls {
    /// Needs the runtime that will call.
    fn default() -> Self {
        Self(awc::Client::builder().disable_redirects().timeout(PATIENCE).finish())
    }
}

impl Calls {
    /// The body at `url`.
    pub async fn get(&self, url: &str, access: &SecretString) -> Result<Vec<u8>, Trouble> {
        let request = self.0.get(url).bearer_auth(access.expose_secret());
        checked(answer(request, LONGEST_ANSWER).await?)
    }

    /// The file at `url`; `None` when Garmin has none.
    pub async fn file(&self, url: &str, access: &SecretString) -> Result<Option<Vec<u8>>, Trouble> {
        let request = self.0.get(url).bearer_auth(access.expose_secret());
        match answer(request, MAX_FILE_BYTES).await? {
            Answer { status: 204 | 400 | 403 | 404 | 410, .. } => Ok(None),
            other => checked(other).map(Some),
        }
    }

    /// POSTs nothing, with the authorization as it is to be sent.
    pub async fn post(&self, url: &str, authorization: &SecretString) -> Result<Vec<u8>, Trouble> {
        let request = self.0.post(url);
        let authorization = (header::AUTHORIZATION, authorization.expose_secret());
        checked(answer(request.insert_header(authorization), LONGEST_ANSWER).await?)
    }

    pub async fn delete(&self, url: &str, access: &SecretString) -> Result<(), Trouble> {
        let request = self.0.delete(url).bearer_auth(access.expose_secret());
        checked(answer(request, LONGEST_ANSWER).await?).map(drop)
    }

    /// Whether Garmin takes an order; `None` when it says that it has it already, or never will.
    pub async fn order(&self, url: &str, access: &SecretString) -> Result<Option<()>, Trouble> {
        let request = self.0.get(url).bearer_auth(access.expose_secret());
        match answer(request, LONGEST_ANSWER).await? {
            Answer { status: 400 | 409 | 412, .. } => Ok(None),
            other => checked(other).map(|_| Some(())),
        }
    }
}

struct Answer {
    status: u16,
    pause: Option<Duration>,
    body: Vec<u8>,
}

async fn answer(request: ClientRequest, limit: usize) -> Result<Answer, Trouble> {
    let failed = |error: &dyn std::fmt::Display| Trouble::Unavailable(error.to_string());
    let exchange = async {
        let mut response =
            request.timeout(PATIENCE).send().await.map_err(|error| failed(&error))?;
        let pause = retry_after(response.headers());
        let body = response.body().limit(limit).await.map_err(|error| failed(&error))?;
        Ok(Answer { status: response.status().as_u16(), pause, body: body.to_vec() })
    };
    let timed_out = || Err(Trouble::Unavailable(format!("not in {} s", PATIENCE.as_secs())));
    tokio::time::timeout(PATIENCE, exchange).await.unwrap_or_else(|_| timed_out())
}

fn checked(answer: Answer) -> Result<Vec<u8>, Trouble> {
    match answer.status {
        200..=299 => Ok(answer.body),
        401 => Err(Trouble::Unauthorized),
        429 => Err(Trouble::Throttled(answer.pause.unwrap_or(PAUSE).min(LONGEST_PAUSE))),
        503 if answer.pause.is_some() => {
            Err(Trouble::Throttled(answer.pause.unwrap_or(PAUSE).min(LONGEST_PAUSE)))
        }
        status => Err(Trouble::Unavailable(format!("it answers {status}"))),
    }
}
