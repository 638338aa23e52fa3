//! The byte stream that awc reads from a connection. awc mistakes interim responses for final ones,
//! rejects heads with more than 96 headers, loses bodies that end with the connection, and accepts
//! truncated bodies. So heads are rewritten here, and an early end is an error.

use std::{
    fmt, io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_rt::net::{ActixStream, Ready};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::head::{self, Head, invalid};

/// More than any service sends before the body of its response, including interim responses.
const LONGEST_HEAD: usize = 256 * 1024;

/// The error message if the peer closes the connection without a response.
pub const NO_ANSWER: &str = "the connection was closed without a response";

trait Stream: AsyncRead + AsyncWrite + Unpin {}
impl<S: AsyncRead + AsyncWrite + Unpin> Stream for S {}

/// A connection for one response.
pub struct Wire {
    stream: Box<dyn Stream>,
    state: State,
}

enum State {
    /// The final head has not arrived yet.
    Head {
        /// The start of an incomplete head.
        received: Vec<u8>,
        /// The total size of all heads so far.
        bytes: usize,
    },
    /// The final head has arrived.
    Body {
        /// The head, and the part of the body that arrived with it. Read before the
        /// rest of the stream.
        first: io::Cursor<Vec<u8>>,
        until_close: bool,
    },
}

impl Wire {
    pub fn new(stream: impl AsyncRead + AsyncWrite + Unpin + 'static) -> Self {
        let state = State::Head { received: Vec::new(), bytes: 0 };
        Self { stream: Box::new(stream), state }
    }
}

/// Adds received bytes. Returns the state after the final head once that is complete.
fn take(received: &mut Vec<u8>, new: &[u8]) -> io::Result<Option<State>> {
    // The empty line may have begun in the previous chunk.
    let mut from = received.len().saturating_sub(2);
    received.extend_from_slice(new);
    loop {
        if !head::is_plausible(received) {
            return Err(invalid("the response is not HTTP"));
        }
        let Some(end) = head::end(received, from) else { return Ok(None) };
        let rest = received.split_off(end);
        let head = std::mem::replace(received, rest);
        from = 0;
        if let Head::Final { mut bytes, until_close } = Head::read(&head)? {
            bytes.append(received);
            return Ok(Some(State::Body { first: io::Cursor::new(bytes), until_close }));
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let Self { stream, state } = self.get_mut();
        let mut stream = Pin::new(stream);
        while let State::Head { received, bytes } = state {
            let mut chunk = [0; 4096];
            let mut chunk = ReadBuf::new(&mut chunk);
            if ready!(read(stream.as_mut(), cx, &mut chunk))? != End::None {
                return Poll::Ready(Err(cut_off(NO_ANSWER)));
            }
            *bytes += chunk.filled().len();
            match take(received, chunk.filled())? {
                Some(body) => *state = body,
                None if *bytes > LONGEST_HEAD => {
                    return Poll::Ready(Err(invalid("the head of the response is too long")));
                }
                None => {}
            }
        }
        let State::Body { first, until_close } = state else { return Poll::Ready(Ok(())) };
        let before = buf.filled().len();
        ready!(Pin::new(first).poll_read(cx, buf))?;
        if buf.filled().len() > before {
            return Poll::Ready(Ok(()));
        }
        // awc stops reading at the end of a body with a known length, and then never gets here.
        Poll::Ready(match ready!(read(stream, cx, buf))? {
            End::None => Ok(()),
            End::Orderly if *until_close => Ok(()),
            _ => Err(cut_off("the connection was closed during the response")),
        })
    }
}

/// How a connection ended.
#[derive(PartialEq, Eq)]
enum End {
    None,
    Orderly,
    /// Without a TLS close_notify, so anybody on the network path may have closed it.
    Abrupt,
}

fn read(
    stream: Pin<&mut Box<dyn Stream>>,
    cx: &mut Context<'_>,
    buf: &mut ReadBuf<'_>,
) -> Poll<io::Result<End>> {
    let before = buf.filled().len();
    Poll::Ready(match ready!(stream.poll_read(cx, buf)) {
        Ok(()) if buf.filled().len() > before => Ok(End::None),
        Ok(()) => Ok(End::Orderly),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(End::Abrupt),
        Err(error) => Err(error),
    })
}

fn cut_off(sentence: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, sentence)
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Readiness is only used by servers. Clients read and write.
impl ActixStream for Wire {
    fn poll_read_ready(&self, _: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        Poll::Ready(Ok(Ready::ALL))
    }

    fn poll_write_ready(&self, _: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        Poll::Ready(Ok(Ready::ALL))
    }
}

impl fmt::Debug for Wire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Wire")
    }
}
