//! An HTTP client, and the answers that it gets.

use std::time::Duration;

use actix_web::http::{Method, StatusCode, header::HeaderMap};
use serde_json::Value;

use super::contract;

/// An answer, read completely.
#[derive(Debug)]
pub struct Answer {
    pub method: String,
    pub path: String,
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    /// The body as JSON, or null if it is not JSON.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or(Value::Null)
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Panics with the whole answer unless it has this status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Self {
        let Self { method, path, .. } = &self;
        assert_eq!(self.status.as_u16(), status, "{method} {path}: {}", self.text());
        self
    }

    /// Panics unless this is an error with this status and code, and the body that all errors have.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str) -> Self {
        let answer = self.expect(status);
        let body = answer.json();
        let what = format!("{} {}: {}", answer.method, answer.path, answer.text());
        assert_eq!(body["code"], code, "{what}");
        assert!(body["error"].as_str().is_some_and(|error| !error.is_empty()), "{what}");
        assert_eq!(body["request_id"], answer.header("x-request-id"), "{what}");
        assert_eq!(answer.header("content-type"), "application/json", "{what}");
        answer
    }
}

/// Sends one request on its own connection. The OpenAPI document must describe the answer.
pub async fn send(
    method: Method,
    base: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Vec<u8>>,
) -> Answer {
    let answer = raw(method, base, path, headers, body).await;
    contract::check(&answer);
    answer
}

/// Like [`send`] without the check, for answers that our JSON parser would not read unchanged.
pub async fn raw(
    method: Method,
    base: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Vec<u8>>,
) -> Answer {
    let answer = attempt(method.clone(), base, path, headers, body).await;
    answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"))
}

/// Like [`raw`], for a server that may be absent or may end before it answers.
pub async fn attempt(
    method: Method,
    base: &str,
    path: &str,
    headers: &[(&str, &str)],
    body: Option<Vec<u8>>,
) -> Result<Answer, String> {
    let connector = awc::Connector::new().timeout(Duration::from_secs(5));
    let client = awc::Client::builder()
        .connector(connector)
        .disable_redirects()
        .timeout(Duration::from_secs(60))
        .finish();
    let mut request = client.request(method.clone(), format!("{base}{path}")).force_close();
    for (name, value) in headers {
        request = request.insert_header((*name, *value));
    }
    let sent = match body {
        Some(body) => request.send_body(body).await,
        None => request.send().await,
    };
    let mut response = sent.map_err(|error| error.to_string())?;
    let body = response.body().limit(16 << 20).await.map_err(|error| error.to_string())?;
    Ok(Answer {
        method: method.to_string(),
        path: path.to_owned(),
        status: response.status(),
        headers: response.headers().clone(),
        body: body.to_vec(),
    })
}
