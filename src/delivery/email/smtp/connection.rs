//! A connection to the mail server, with its commands and their timeouts.

use std::{io, time::Duration};

use futures_util::FutureExt;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    task::unconstrained,
};

use super::{Cause, Extensions, Failure, Letter, Reply, Stage};

/// After this idle time a connection is checked with RSET. Also the timeout of that check.
const IDLE_PATIENCE: Duration = Duration::from_secs(5);

/// The timeout for the reply to QUIT. Nothing depends on the reply, and a stop waits for it.
const QUIT_PATIENCE: Duration = Duration::from_secs(1);

/// TCP, or TLS over it.
pub trait Socket: AsyncRead + AsyncWrite + Unpin {}

impl<T: AsyncRead + AsyncWrite + Unpin> Socket for T {}

/// An open connection. Dropping one of its futures interrupts the dialogue, so the task that awaits
/// a future must own the connection and drop it too.
pub struct Connection {
    pub(super) stream: BufReader<Box<dyn Socket>>,
    /// The upper limit for the timeout of each step.
    pub(super) deadline: Duration,
    pub(super) extensions: Extensions,
    /// The number of messages whose text was sent.
    pub mails: u32,
    /// A message was begun and not accepted: RSET must precede the next one.
    pub needs_reset: bool,
}

impl Connection {
    /// Announces a letter, up to the server's reply to DATA.
    pub async fn announce(&mut self, letter: &Letter) -> Result<(), Failure> {
        let parameters = letter
            .parameters(&self.extensions)
            .map_err(|code| Failure { stage: Stage::Mail, cause: Cause::Unsuitable(code) })?;
        let (from, to) = (&letter.from, &letter.to);
        self.say(Stage::Mail, &format!("MAIL FROM:<{from}>{parameters}"), &[250]).await?;
        self.say(Stage::Rcpt, &format!("RCPT TO:<{to}>"), &[250, 251, 252]).await?;
        self.say(Stage::Data, "DATA", &[354]).await.map(drop)
    }

    /// Sends the text and the final dot in one write. Only 250 means that the message was accepted.
    pub async fn transmit(&mut self, letter: &Letter) -> Result<Reply, Failure> {
        self.mails += 1;
        let writing = write(&mut self.stream, &letter.data);
        within(Stage::Text, self.deadline, writing).await?;
        let reply = within(Stage::Dot, self.deadline, Reply::read(&mut self.stream)).await?;
        expect(Stage::Dot, reply, &[250])
    }

    /// Whether the connection is still open and the server is ready for another message.
    pub async fn is_ready(&mut self, idle: Duration) -> bool {
        if !self.needs_reset && idle < IDLE_PATIENCE {
            return quiet(&mut self.stream).is_ok();
        }
        let reset = self.say(Stage::Mail, "RSET", &[250]);
        let is_ready = tokio::time::timeout(IDLE_PATIENCE, reset).await.is_ok_and(|r| r.is_ok());
        self.needs_reset &= !is_ready;
        is_ready
    }

    /// Sends QUIT and closes. A missing reply does not matter.
    pub async fn quit(mut self) {
        let quit = self.say(Stage::Mail, "QUIT", &[221]);
        let _ = tokio::time::timeout(QUIT_PATIENCE, quit).await;
    }

    /// Sends a line. The reply must have one of the `expected` codes.
    pub(super) async fn say(
        &mut self,
        stage: Stage,
        line: &str,
        expected: &[u16],
    ) -> Result<Reply, Failure> {
        let line = format!("{line}\r\n");
        let exchange = async {
            write(&mut self.stream, line.as_bytes()).await?;
            Reply::read(&mut self.stream).await
        };
        expect(stage, within(stage, self.deadline, exchange).await?, expected)
    }

    /// Waits for the greeting.
    pub(super) async fn greeting(&mut self) -> Result<(), Failure> {
        let reading = Reply::read(&mut self.stream);
        let reply = within(Stage::Greeting, self.deadline, reading).await?;
        expect(Stage::Greeting, reply, &[220]).map(drop)
    }
}

/// Writes, unless unread bytes are waiting: an early reply would be mistaken for the reply to this
/// command.
async fn write(stream: &mut BufReader<Box<dyn Socket>>, bytes: &[u8]) -> io::Result<()> {
    quiet(stream)?;
    stream.write_all(bytes).await?;
    stream.flush().await
}

/// Fails if the server has sent an unexpected reply or closed the connection.
fn quiet(stream: &mut BufReader<Box<dyn Socket>>) -> io::Result<()> {
    match unconstrained(stream.fill_buf()).now_or_never() {
        None => Ok(()),
        Some(Ok([])) => Err(io::ErrorKind::UnexpectedEof.into()),
        Some(Ok(_)) => {
            Err(io::Error::new(io::ErrorKind::InvalidData, "unexpected data from the server"))
        }
        Some(Err(error)) => Err(error),
    }
}

fn expect(stage: Stage, reply: Reply, expected: &[u16]) -> Result<Reply, Failure> {
    if expected.contains(&reply.code) {
        Ok(reply)
    } else {
        Err(Failure { stage, cause: Cause::Refused(reply) })
    }
}

/// Runs `step` with the timeout of its stage.
pub(super) async fn within<T>(
    stage: Stage,
    deadline: Duration,
    step: impl Future<Output = io::Result<T>>,
) -> Result<T, Failure> {
    match tokio::time::timeout(stage.patience().min(deadline), step).await {
        Ok(done) => done.map_err(|error| Failure::broken(stage, &error)),
        Err(_) => Err(Failure { stage, cause: Cause::NoAnswer }),
    }
}
