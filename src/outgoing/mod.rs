//! Requests to other services: HTTP/1.1, a connection for each, bounded in time and size.
//!
//! awc writes requests and reads bodies. What it cannot be configured to do is done below it, in
//! the connections that it is given: [`connect`] speaks TLS without offering HTTP/2, and [`wire`]
//! shows awc only heads that it reads correctly.
//!
//! A connection carries one exchange. So the wire knows where an answer begins, a request is never
//! lost on a connection that the other side was about to close, and a connection to an address
//! that was checked is not used again after the name has moved.

mod connect;
mod head;
mod wire;

use std::{error::Error as _, path::Path, sync::Arc, time::Duration};

use actix_service::fn_service;
use awc::{
    Client, ClientRequest, Connector, SendClientRequest,
    error::{ConnectError, PayloadError, SendRequestError},
    http::{
        Method, StatusCode,
        header::{CONTENT_TYPE, HOST, HeaderMap},
    },
};
use derive_more::{Display, Error};
use rustls::ClientConfig;
use tokio::time::{Instant, timeout_at};
use tokio_rustls::TlsConnector;
use url::{Position, Url};

use crate::retry_after::retry_after;

/// The longest that opening a connection may take, TLS included. Shorter than the patience of any
/// client, so that "nothing was sent" is known to be so.
const CONNECT_PATIENCE: Duration = Duration::from_secs(8);

/// How long to wait for an answer, and how much of it to read.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// From connecting to the end of the body.
    pub patience: Duration,
    /// From the head to the end of the body.
    pub body_patience: Duration,
    pub body_bytes: usize,
}

/// A final answer.
pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    /// Or why it could not be read to its end.
    pub body: Result<Vec<u8>, Failure>,
}

/// Why there is no answer, in words for people. Never holds what was sent.
#[derive(Clone, Debug, Display, Error, PartialEq, Eq)]
pub enum Failure {
    /// No connection: nothing was sent.
    #[display("{_0}")]
    Unreachable(#[error(not(source))] String),
    /// The request may have been read, but no usable answer came back.
    #[display("{_0}")]
    NoAnswer(#[error(not(source))] String),
    /// As [`Self::NoAnswer`], within the patience.
    #[display("no answer in time")]
    TimedOut,
}

/// A client of one worker, as every awc client is.
#[derive(Clone)]
pub struct Outgoing {
    plain: Client,
    tls: Client,
}

impl Default for Outgoing {
    /// Trusts the web's certificate authorities. Needs the runtime that will call.
    fn default() -> Self {
        Self::trusting(connect::web_roots(), CONNECT_PATIENCE)
    }
}

impl Outgoing {
    /// Also trusts the certificates in a PEM file, and opens a connection within `connect`, TLS
    /// included. Needs the runtime that will call.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn with_root_cert(file: Option<&Path>, connect: Duration) -> Result<Self, String> {
        let mut roots = connect::web_roots();
        if let Some(file) = file {
            connect::add_file(&mut roots, file)?;
        }
        Ok(Self::trusting(roots, connect))
    }

    fn trusting(roots: rustls::RootCertStore, connect: Duration) -> Self {
        Self { plain: client(None, connect), tls: client(Some(connect::tls(roots)), connect) }
    }

    /// A request to a complete `http` or `https` address; no redirect will be followed.
    ///
    /// # Errors
    /// When the address has no host or another scheme.
    pub fn request(&self, method: Method, url: &str) -> Result<ClientRequest, Failure> {
        let refused = |why: &dyn std::fmt::Display| Failure::Unreachable(why.to_string());
        let url = Url::parse(url).map_err(|error| refused(&error))?;
        let host = url.host_str().ok_or_else(|| refused(&"the address has no host"))?;
        let client = match url.scheme() {
            "https" => &self.tls,
            "http" => &self.plain,
            _ => return Err(refused(&"the address is neither http nor https")),
        };
        // awc would want to do TLS itself for https. The client says whether there is TLS.
        let port = url.port_or_known_default().unwrap_or_default();
        let target =
            format!("http://{host}:{port}{}", &url[Position::BeforePath..Position::AfterQuery]);
        let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
        Ok(client.request(method, target).insert_header((HOST, host)).force_close())
    }
}

fn client(tls: Option<Arc<ClientConfig>>, patience: Duration) -> Client {
    let tls = tls.map(TlsConnector::from);
    let connect = fn_service(move |to| connect::connect(to, tls.clone()));
    // Without a limit: waiting for somebody else's exchange to end would look like a dead server.
    let connector = Connector::new().connector(connect).timeout(patience).limit(0);
    Client::builder().connector(connector).disable_redirects().disable_timeout().finish()
}

/// Waits for the final answer to a request of [`Outgoing::request`].
///
/// # Errors
/// When there is no head of an answer within the bounds. A body that fails is part of the answer.
pub async fn exchange(sending: SendClientRequest, bounds: Bounds) -> Result<Answer, Failure> {
    let deadline = Instant::now() + bounds.patience;
    let sent = timeout_at(deadline, sending).await.map_err(|_| Failure::TimedOut)?;
    let mut response = sent.map_err(explain)?;
    let deadline = deadline.min(Instant::now() + bounds.body_patience);
    let body = timeout_at(deadline, response.body().limit(bounds.body_bytes)).await;
    let body = body.map_err(|_| Failure::TimedOut).and_then(|body| match body {
        Ok(body) => Ok(body.to_vec()),
        Err(PayloadError::Overflow) => {
            Err(Failure::NoAnswer(format!("the answer is longer than {} bytes", bounds.body_bytes)))
        }
        Err(error) => Err(Failure::NoAnswer(error.to_string())),
    });
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
}

impl Answer {
    /// What the body is said to be: in lower case, without parameters, empty where nothing is said.
    pub fn media_type(&self) -> String {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    }

    /// How long the other side asks to be left alone.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }
}

fn explain(error: SendRequestError) -> Failure {
    match error {
        // What awc calls a connection that ended before the answer began.
        SendRequestError::Connect(ConnectError::Disconnected) => {
            Failure::NoAnswer(wire::NO_ANSWER.to_owned())
        }
        SendRequestError::Connect(error) => {
            Failure::Unreachable(format!("cannot connect: {error}"))
        }
        SendRequestError::Url(error) => Failure::Unreachable(error.to_string()),
        SendRequestError::Timeout => Failure::TimedOut,
        // The wire's own sentences are the sources.
        SendRequestError::Response(error) => Failure::NoAnswer(match error.source() {
            Some(source) => source.to_string(),
            None => format!("the answer is not HTTP: {error}"),
        }),
        other => Failure::NoAnswer(other.to_string()),
    }
}
