//! HTTP/1.1 requests to other services, with one connection per request and limits
//! on time and size.
//!
//! awc writes requests and reads bodies. What cannot be configured in awc is done in the
//! connections that it is given: [`connect`] does TLS without offering HTTP/2, and [`wire`] passes
//! only heads to awc that it reads correctly.
//!
//! A connection is used for one exchange. So the wire knows where a response begins, a request is
//! never lost on a connection that the peer is about to close, and a connection to a checked
//! address is not reused after the name has changed to another address.

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

/// The timeout for opening a connection, including TLS. Shorter than the timeout of any caller, so
/// that "nothing was sent" is known for certain.
const CONNECT_PATIENCE: Duration = Duration::from_secs(8);

/// The timeouts and the size limit of a response.
#[derive(Clone, Copy, Debug)]
pub struct Bounds {
    /// From connecting to the end of the body.
    pub patience: Duration,
    /// From the head to the end of the body.
    pub body_patience: Duration,
    pub body_bytes: usize,
}

/// A final response.
pub struct Answer {
    pub status: StatusCode,
    headers: HeaderMap,
    /// The body, or why it could not be read completely.
    pub body: Result<Vec<u8>, Failure>,
}

/// Why there is no response, as a message for people. Never contains what was sent.
#[derive(Clone, Debug, Display, Error, PartialEq, Eq)]
pub enum Failure {
    /// No connection: nothing was sent.
    #[display("{_0}")]
    Unreachable(#[error(not(source))] String),
    /// The request may have been read, but there was no usable response.
    #[display("{_0}")]
    NoAnswer(#[error(not(source))] String),
    /// Like [`Self::NoAnswer`], after a timeout.
    #[display("no response in time")]
    TimedOut,
}

/// An HTTP client. Each worker has its own, as awc requires.
#[derive(Clone)]
pub struct Outgoing {
    plain: Client,
    tls: Client,
}

impl Default for Outgoing {
    /// Trusts the public certificate authorities. Must be called on the runtime that
    /// will use the client.
    fn default() -> Self {
        Self::trusting(connect::web_roots(), CONNECT_PATIENCE)
    }
}

impl Outgoing {
    /// Also trusts the certificates in a PEM file, and opens connections within `connect`,
    /// including TLS. Must be called on the runtime that will use the client.
    ///
    /// # Errors
    /// If the file cannot be read.
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

    /// A request to an absolute `http` or `https` URL. Redirects are not followed.
    ///
    /// # Errors
    /// If the URL has no host or another scheme.
    pub fn request(&self, method: Method, url: &str) -> Result<ClientRequest, Failure> {
        let refused = |why: &dyn std::fmt::Display| Failure::Unreachable(why.to_string());
        let url = Url::parse(url).map_err(|error| refused(&error))?;
        let host = url.host_str().ok_or_else(|| refused(&"the URL has no host"))?;
        let client = match url.scheme() {
            "https" => &self.tls,
            "http" => &self.plain,
            _ => return Err(refused(&"the URL is neither http nor https")),
        };
        // For https, awc would do TLS itself. Instead, the choice of the client decides
        // whether TLS is used.
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
    // No connection limit: waiting for another exchange to end would look like an
    // unreachable server.
    let connector = Connector::new().connector(connect).timeout(patience).limit(0);
    Client::builder().connector(connector).disable_redirects().disable_timeout().finish()
}

/// Waits for the final response to a request of [`Outgoing::request`].
///
/// # Errors
/// If no response head arrives within the bounds. A failure in the body is part of the response.
pub async fn exchange(sending: SendClientRequest, bounds: Bounds) -> Result<Answer, Failure> {
    let deadline = Instant::now() + bounds.patience;
    let sent = timeout_at(deadline, sending).await.map_err(|_| Failure::TimedOut)?;
    let mut response = sent.map_err(explain)?;
    let deadline = deadline.min(Instant::now() + bounds.body_patience);
    let body = timeout_at(deadline, response.body().limit(bounds.body_bytes)).await;
    let body = body.map_err(|_| Failure::TimedOut).and_then(|body| match body {
        Ok(body) => Ok(body.to_vec()),
        Err(PayloadError::Overflow) => Err(Failure::NoAnswer(format!(
            "the response is longer than {} bytes",
            bounds.body_bytes
        ))),
        Err(error) => Err(Failure::NoAnswer(error.to_string())),
    });
    Ok(Answer { status: response.status(), headers: response.headers().clone(), body })
}

impl Answer {
    /// The media type in lower case, without parameters. Empty if the response has none.
    pub fn media_type(&self) -> String {
        let kind = self.headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let kind = kind.and_then(|kind| kind.split(';').next()).unwrap_or_default();
        kind.trim().to_ascii_lowercase()
    }

    /// The pause that `Retry-After` asks for.
    pub fn retry_after(&self) -> Option<Duration> {
        retry_after(&self.headers)
    }
}

fn explain(error: SendRequestError) -> Failure {
    match error {
        // awc's error for a connection that was closed before the response began.
        SendRequestError::Connect(ConnectError::Disconnected) => {
            Failure::NoAnswer(wire::NO_ANSWER.to_owned())
        }
        SendRequestError::Connect(error) => {
            Failure::Unreachable(format!("cannot connect: {error}"))
        }
        SendRequestError::Url(error) => Failure::Unreachable(error.to_string()),
        SendRequestError::Timeout => Failure::TimedOut,
        // The messages of `wire` are the sources of these errors.
        SendRequestError::Response(error) => Failure::NoAnswer(match error.source() {
            Some(source) => source.to_string(),
            None => format!("the response is not HTTP: {error}"),
        }),
        other => Failure::NoAnswer(other.to_string()),
    }
}
