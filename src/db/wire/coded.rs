//! Adds SQLSTATE codes to the texts of errors.
//!
//! PostgreSQL writes errors in the language that its operator chose, and adds the SQLSTATE, which
//! is the same in each language. diesel keeps the text and drops the code. So this stream inserts
//! the code before the text: `57014: canceling statement due to statement timeout`, as `psql`
//! prints it. See <https://www.postgresql.org/docs/current/protocol-error-fields.html>.

use std::{
    collections::VecDeque,
    future::{self, Ready},
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use diesel::result::DatabaseErrorInformation;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::tls::{ChannelBinding, TlsConnect, TlsStream};

/// The length of a header: the kind and the length of a message.
const HEADER: usize = 5;
const ERROR_RESPONSE: u8 = b'E';

/// Longer errors, which no server sends, are passed on unchanged.
const LONGEST_ERROR: usize = 1024 * 1024;

/// The code of an error, if PostgreSQL or a pooler reported it. See
/// <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
pub fn sqlstate(information: &dyn DatabaseErrorInformation) -> Option<&str> {
    let (code, _text) = information.message().split_once(": ")?;
    let is_code = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit();
    (code.len() == 5 && code.bytes().all(is_code)).then_some(code)
}

trait Transport: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Transport for T {}

/// A stream of the server's messages in which each error's text begins with its code.
pub struct Coded {
    inner: Box<dyn Transport>,
    binding: Option<Vec<u8>>,
    messages: Messages,
    /// Bytes to be read before those of `inner`.
    ready: VecDeque<u8>,
}

impl Coded {
    /// `binding` is the digest of the server's certificate, if the stream is encrypted.
    pub fn new(
        inner: impl AsyncRead + AsyncWrite + Send + Unpin + 'static,
        binding: Option<Vec<u8>>,
    ) -> Self {
        let (messages, ready) = Default::default();
        Self { inner: Box::new(inner), binding, messages, ready }
    }
}

impl AsyncRead for Coded {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buf.filled().len();
        while this.ready.is_empty() {
            if this.messages.held.is_empty() {
                ready!(Pin::new(&mut this.inner).poll_read(cx, buf))?;
                let new = buf.filled().get(before..).unwrap_or_default();
                let passing = this.messages.passing(new);
                this.messages.held.extend_from_slice(new.get(passing..).unwrap_or_default());
                buf.set_filled(before + passing);
                if passing > 0 || this.messages.held.is_empty() {
                    return Poll::Ready(Ok(()));
                }
            } else {
                this.ready = this.messages.release();
                if !this.ready.is_empty() {
                    break;
                }
                let mut space = [0; 1024];
                let mut more = ReadBuf::new(&mut space);
                ready!(Pin::new(&mut this.inner).poll_read(cx, &mut more))?;
                if more.filled().is_empty() {
                    // The stream ended within an error: pass the incomplete message on.
                    this.ready.extend(std::mem::take(&mut this.messages.held));
                    break;
                }
                this.messages.held.extend_from_slice(more.filled());
            }
        }
        let count = this.ready.len().min(buf.remaining());
        this.ready.drain(..count).for_each(|byte| buf.put_slice(&[byte]));
        Poll::Ready(Ok(()))
    }
}

/// The position in the server's messages.
#[derive(Default)]
struct Messages {
    /// The number of bytes of the current message still to come.
    rest: usize,
    /// The beginning of an error or of a header that is still incomplete.
    held: Vec<u8>,
}

impl Messages {
    /// The number of `bytes` that can be passed on unchanged: those before an error or an
    /// incomplete header.
    fn passing(&mut self, bytes: &[u8]) -> usize {
        let mut at = 0;
        loop {
            let step = self.rest.min(bytes.len() - at);
            (at, self.rest) = (at + step, self.rest - step);
            match bytes.get(at..).and_then(header) {
                Some((ERROR_RESPONSE, length)) if length <= LONGEST_ERROR => return at,
                Some((_, length)) => self.rest = length,
                None => return at,
            }
        }
    }

    /// Takes the complete messages out of `held`, with codes in errors.
    fn release(&mut self) -> VecDeque<u8> {
        let mut released = VecDeque::new();
        let mut held = std::mem::take(&mut self.held);
        loop {
            let passing = self.passing(&held);
            released.extend(held.drain(..passing));
            match header(&held) {
                Some((_, length)) if length <= held.len() => {
                    let error: Vec<u8> = held.drain(..length).collect();
                    released.extend(with_code(&error));
                }
                _ => break,
            }
        }
        self.held = held;
        released
    }
}

/// The kind of the first message in `bytes`, and its length with the header.
fn header(bytes: &[u8]) -> Option<(u8, usize)> {
    let (kind, rest) = bytes.split_first()?;
    let length = u32::from_be_bytes(*rest.first_chunk()?);
    Some((*kind, usize::try_from(length).unwrap_or(usize::MAX).saturating_add(1).max(HEADER)))
}

/// Inserts the code before the text of an error. Each field is a letter and a null-terminated text.
fn with_code(error: &[u8]) -> Vec<u8> {
    let fields = || {
        let fields = error.get(HEADER..).unwrap_or_default().split(|byte| *byte == 0);
        fields.filter_map(<[u8]>::split_first)
    };
    let Some((_, code)) = fields().find(|(kind, _)| **kind == b'C') else { return error.to_vec() };
    let mut body = Vec::new();
    for (kind, text) in fields() {
        body.push(*kind);
        if *kind == b'M' {
            body.extend_from_slice(code);
            body.extend_from_slice(b": ");
        }
        body.extend_from_slice(text);
        body.push(0);
    }
    body.push(0);
    // The length does not include the byte for the kind.
    let length = u32::try_from(body.len() + HEADER - 1).unwrap_or(u32::MAX);
    [&[ERROR_RESPONSE], length.to_be_bytes().as_slice(), &body].concat()
}

impl AsyncWrite for Coded {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.inner).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.inner).poll_shutdown(cx)
    }
}

impl TlsStream for Coded {
    fn channel_binding(&self) -> ChannelBinding {
        let binding = self.binding.clone();
        binding.map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

/// Passes the stream on unchanged when the driver asks for TLS: the stream is already encrypted, or
/// must not be.
pub struct Opened;

impl TlsConnect<Coded> for Opened {
    type Stream = Coded;
    type Error = io::Error;
    type Future = Ready<io::Result<Coded>>;

    fn connect(self, stream: Coded) -> Self::Future {
        future::ready(Ok(stream))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    fn message(kind: u8, body: &[u8]) -> Vec<u8> {
        let length = u32::try_from(body.len() + 4).unwrap();
        [&[kind], length.to_be_bytes().as_slice(), body].concat()
    }

    #[actix_rt::test]
    async fn errors_get_their_codes_however_the_bytes_come() {
        let row = message(b'D', &[b'E'; 3000]);
        let error = message(b'E', "SFEHLER\0VERROR\0C57014\0Mbreche Anfrage ab\0\0".as_bytes());
        let coded =
            message(b'E', "SFEHLER\0VERROR\0C57014\0M57014: breche Anfrage ab\0\0".as_bytes());
        let end = message(b'Z', b"E");
        let sent = [&row, &error, &error, &end, &row, &error].map(Vec::as_slice).concat();
        let wanted = [&row, &coded, &coded, &end, &row, &coded].map(Vec::as_slice).concat();
        for size in [1, 2, 3, 4, 5, 7, 64, 1000, sent.len()] {
            let (mut server, client) = tokio::io::duplex(size);
            let sent = sent.clone();
            let sending = async move {
                tokio::io::AsyncWriteExt::write_all(&mut server, &sent).await.unwrap();
            };
            let mut read = Vec::new();
            let mut coded = Coded::new(client, None);
            let (_, outcome) = tokio::join!(sending, coded.read_to_end(&mut read));
            outcome.unwrap();
            assert!(read == wanted, "in pieces of {size}");
        }
    }

    #[actix_rt::test]
    async fn an_error_that_is_cut_off_is_passed_on() {
        let whole = message(b'E', b"SFATAL\0C57P01\0Mgoodbye\0\0");
        let cut = &whole[..12];
        let mut read = Vec::new();
        Coded::new(io::Cursor::new(cut.to_vec()), None).read_to_end(&mut read).await.unwrap();
        assert_eq!(read, cut);
    }

    #[test]
    fn codes_are_read_off_messages_of_the_server_only() {
        let code = |message: &str| sqlstate(&message.to_owned()).map(str::to_owned);
        assert_eq!(code("57P01: beende Verbindung").as_deref(), Some("57P01"));
        assert_eq!(code("22023: "), Some("22023".to_owned()));
        for other in ["connection closed", "error: closed", "db error", "ab123: x", "571: x"] {
            assert_eq!(code(other), None);
        }
    }
}
