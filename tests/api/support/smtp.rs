//! A mail server on loopback that speaks SMTP (RFC 5321) and keeps what it is given.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
    time::Duration,
};

use mail_parser::MessageParser;
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
    sync::Notify,
};

/// A mail as the server took it.
#[derive(Clone, Debug)]
pub struct Mail {
    pub from: String,
    pub to: String,
    pub subject: String,
    pub message_id: String,
    pub text: String,
    pub html: String,
    pub raw: String,
}

impl Mail {
    /// The one-time token in the link.
    pub fn token(&self) -> String {
        let (_, rest) =
            self.text.split_once("#token=").unwrap_or_else(|| panic!("no token: {}", self.text));
        rest.split_whitespace().next().unwrap().to_owned()
    }
}

/// What the server says in place of taking a mail, for the next ones to come.
#[derive(Default)]
struct State {
    mails: VecDeque<Mail>,
    received: usize,
    replies_to_rcpt: VecDeque<String>,
}

/// A running mail server, on a thread of its own: a test that stops an application blocks, and
/// mails in flight must still be taken. It ends with the test run.
#[derive(Clone)]
pub struct SmtpServer {
    pub port: u16,
    state: Arc<Mutex<State>>,
    arrived: Arc<Notify>,
}

impl SmtpServer {
    pub async fn start() -> Self {
        let (state, arrived) = (Arc::default(), Arc::default());
        let (bound, port) = tokio::sync::oneshot::channel();
        let accepting = (Arc::clone(&state), Arc::clone(&arrived));
        std::thread::spawn(move || {
            actix_rt::System::new().block_on(async move {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let port = listener.local_addr().unwrap().port();
                let (state, arrived) = accepting;
                let server = Self { port, state, arrived };
                bound.send(port).unwrap();
                while let Ok((stream, _)) = listener.accept().await {
                    let server = server.clone();
                    actix_rt::spawn(async move {
                        // A client that goes away in the middle is its own business.
                        let _ = server.converse(stream).await;
                    });
                }
            });
        });
        Self { port: port.await.unwrap(), state, arrived }
    }

    /// The next `times` recipients are answered with `reply` (such as `451 later`).
    pub fn refuse(&self, times: usize, reply: &str) {
        let mut state = self.state.lock().unwrap();
        state.replies_to_rcpt.extend(std::iter::repeat_n(reply.to_owned(), times));
    }

    /// Mails taken so far, also those that were handed out.
    pub fn received(&self) -> usize {
        self.state.lock().unwrap().received
    }

    /// The next mail to `address`, waiting for it; mails to others are kept.
    pub async fn mail_to(&self, address: &str) -> Mail {
        let found = async {
            loop {
                let arrived = self.arrived.notified();
                {
                    let mut state = self.state.lock().unwrap();
                    let position =
                        state.mails.iter().position(|mail| mail.to.eq_ignore_ascii_case(address));
                    if let Some(mail) = position.and_then(|position| state.mails.remove(position)) {
                        return mail;
                    }
                }
                arrived.await;
            }
        };
        let waited = tokio::time::timeout(Duration::from_secs(30), found).await;
        waited.unwrap_or_else(|_| panic!("no mail to {address}"))
    }

    async fn converse(&self, stream: TcpStream) -> std::io::Result<()> {
        let mut stream = BufReader::new(stream);
        stream.write_all(b"220 test ESMTP\r\n").await?;
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end().to_owned();
            let reply = match command.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => "250-test\r\n250-8BITMIME\r\n250 SMTPUTF8".to_owned(),
                "MAIL" => {
                    from = address_in(&command);
                    "250 ok".to_owned()
                }
                "RCPT" => {
                    to = address_in(&command);
                    let refusal = self.state.lock().unwrap().replies_to_rcpt.pop_front();
                    refusal.unwrap_or_else(|| "250 ok".to_owned())
                }
                "DATA" => {
                    stream.write_all(b"354 go on\r\n").await?;
                    let raw = read_data(&mut stream).await?;
                    self.take(&from, &to, raw);
                    "250 queued as 4711".to_owned()
                }
                "QUIT" => {
                    stream.write_all(b"221 bye\r\n").await?;
                    return Ok(());
                }
                "RSET" | "NOOP" => "250 ok".to_owned(),
                _ => "500 what?".to_owned(),
            };
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        }
    }

    fn take(&self, from: &str, to: &str, raw: String) {
        let message = MessageParser::default().parse(raw.as_bytes()).unwrap();
        let mail = Mail {
            from: from.to_owned(),
            to: to.to_owned(),
            subject: message.subject().unwrap_or_default().to_owned(),
            message_id: message.message_id().unwrap_or_default().to_owned(),
            text: message.body_text(0).unwrap_or_default().into_owned(),
            html: message.body_html(0).unwrap_or_default().into_owned(),
            raw,
        };
        let mut state = self.state.lock().unwrap();
        state.mails.push_back(mail);
        state.received += 1;
        self.arrived.notify_waiters();
    }
}

/// The address between the angle brackets of `MAIL FROM:<…>`.
fn address_in(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// Everything up to the final dot, with dots unstuffed (RFC 5321, section 4.5.2).
async fn read_data(stream: &mut BufReader<TcpStream>) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
