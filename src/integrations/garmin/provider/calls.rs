//! Calls to Garmin: no redirects, one minute each, responses of limited size.

use std::time::Duration;

use awc::{
    ClientRequest,
    http::{Method, header},
};
use derive_more::From;
use secrecy::{ExposeSecret, SecretString};

use super::GarminFailure;
use crate::{
    outgoing::{Answer, Bounds, Failure, Outgoing, exchange},
    recordings::MAX_FILE_BYTES,
};

const PATIENCE: Duration = Duration::from_secs(60);

/// Maximum bytes of a response. A list of forty activities has about 200 KiB.
const LONGEST_ANSWER: usize = 8 * 1024 * 1024;

/// How many bytes of a body are inspected to recognize a web page.
const PAGE_HEAD: usize = 64;

/// The pause if Garmin does not say how long to wait.
pub const PAUSE: Duration = Duration::from_secs(60);

/// The HTTP client of the calling worker or actor.
#[derive(Clone, Default, From)]
pub struct Calls(Outgoing);

impl Calls {
    /// GETs the body at `url`.
    pub async fn get(&self, url: &str, access: &SecretString) -> Result<Vec<u8>, GarminFailure> {
        checked(answer(self.request(Method::GET, url, access)?, LONGEST_ANSWER).await?)
    }

    /// GETs the file at `url`; `None` if Garmin has none.
    pub async fn file(
        &self,
        url: &str,
        access: &SecretString,
    ) -> Result<Option<Vec<u8>>, GarminFailure> {
        let answer = answer(self.request(Method::GET, url, access)?, MAX_FILE_BYTES).await?;
        match answer.status.as_u16() {
            204 | 400 | 403 | 404 | 410 => Ok(None),
            _ => checked(answer).map(Some),
        }
    }

    /// POSTs an empty body with this authorization header.
    pub async fn post(
        &self,
        url: &str,
        authorization: &SecretString,
    ) -> Result<Vec<u8>, GarminFailure> {
        let request = self.0.request(Method::POST, url)?;
        let authorization = (header::AUTHORIZATION, authorization.expose_secret());
        checked(answer(request.insert_header(authorization), LONGEST_ANSWER).await?)
    }

    pub async fn delete(&self, url: &str, access: &SecretString) -> Result<(), GarminFailure> {
        let request = self.request(Method::DELETE, url, access)?;
        checked(answer(request, LONGEST_ANSWER).await?).map(drop)
    }

    /// Orders past activities. `None` if Garmin says that it has the order already,
    /// or will never accept it.
    pub async fn order(
        &self,
        url: &str,
        access: &SecretString,
    ) -> Result<Option<()>, GarminFailure> {
        let answer = answer(self.request(Method::GET, url, access)?, LONGEST_ANSWER).await?;
        match answer.status.as_u16() {
            400 | 409 | 412 => Ok(None),
            _ => checked(answer).map(|_| Some(())),
        }
    }

    fn request(
        &self,
        method: Method,
        url: &str,
        access: &SecretString,
    ) -> Result<ClientRequest, Failure> {
        Ok(self.0.request(method, url)?.bearer_auth(access.expose_secret()))
    }
}

async fn answer(request: ClientRequest, body_bytes: usize) -> Result<Answer, Failure> {
    let bounds = Bounds { patience: PATIENCE, body_patience: PATIENCE, body_bytes };
    exchange(request.send(), bounds).await
}

/// The body of a 2xx response. Other statuses mean the same whatever their body is.
fn checked(answer: Answer) -> Result<Vec<u8>, GarminFailure> {
    let pause = answer.retry_after().filter(|pause| !pause.is_zero());
    let is_html = answer.media_type() == "text/html";
    match (answer.status.as_u16(), pause) {
        (200..=299, _) => {
            let body = answer.body?;
            // From a captive portal, or from Garmin during maintenance.
            if is_html || is_page(&body) {
                return Err(GarminFailure::Garbage("a web page".to_owned()));
            }
            Ok(body)
        }
        (status @ (400 | 401 | 403 | 404), _) => Err(GarminFailure::Denied(status)),
        (429, pause) => Err(GarminFailure::Throttled(pause.unwrap_or(PAUSE))),
        (503, Some(pause)) => Err(GarminFailure::Throttled(pause)),
        // A retry does not help, except after 408 Request Timeout and 425 Too Early.
        (status @ 402..=499, _) if ![408, 425].contains(&status) => {
            Err(GarminFailure::Garbage(status.to_string()))
        }
        (status, _) => Err(GarminFailure::Unavailable(format!("it responds with {status}"))),
    }
}

/// Whether a body starts like HTML, whatever its media type.
fn is_page(body: &[u8]) -> bool {
    let head = String::from_utf8_lossy(body.get(..PAGE_HEAD).unwrap_or(body)).to_ascii_lowercase();
    let head = head.trim_start_matches('\u{feff}').trim_start();
    head.starts_with("<html") || head.starts_with("<!doctype html")
}

impl From<Failure> for GarminFailure {
    fn from(failure: Failure) -> Self {
        Self::Unavailable(failure.to_string())
    }
}
