//! The dialogue of the mail server, with the faults that tests ask for. A client that disconnects
//! does not change it: every command is answered in order, late or to nobody.

use std::{io::ErrorKind, time::Instant};

use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::TcpListener,
};

use super::{Mail, SmtpServer, Stage};

pub(super) trait Socket: AsyncRead + AsyncWrite + Unpin {}
impl<T: AsyncRead + AsyncWrite + Unpin> Socket for T {}

type Stream = BufReader<Box<dyn Socket>>;

impl SmtpServer {
    pub(super) async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            self.state().connections += 1;
            let server = self.clone();
            actix_rt::spawn(async move {
                // A client that disconnects is no error.
                let _ = server.converse(BufReader::new(Box::new(stream))).await;
            });
        }
    }

    async fn converse(&self, mut stream: Stream) -> std::io::Result<()> {
        let greeting = self.reply(Stage::Greeting, "220 test ESMTP").await;
        self.say(&mut stream, &greeting).await?;
        if !greeting.starts_with("220") {
            return Ok(());
        }
        let (mut from, mut to, mut is_encrypted) = (String::new(), String::new(), false);
        let mut hang_up = self.hang_up.subscribe();
        loop {
            let mut line = String::new();
            tokio::select! {
                read = stream.read_line(&mut line) => if read? == 0 { return Ok(()) },
                _ = hang_up.changed() => {
                    let last = hang_up.borrow().clone();
                    return self.say(&mut stream, &last).await;
                }
            }
            let command = line.trim_end().to_owned();
            self.state().heard.push((Instant::now(), command.clone()));
            let reply = match command.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => self.reply(Stage::Hello, &self.offers(is_encrypted)).await,
                "HELO" => "250 test".to_owned(),
                "STAR" => {
                    self.say(&mut stream, "220 go on").await?;
                    let acceptor = self.tls.clone().expect("it was not offered");
                    let encrypted = acceptor.accept(stream.into_inner()).await?;
                    stream = BufReader::new(Box::new(encrypted));
                    is_encrypted = true;
                    continue;
                }
                "AUTH" => self.reply(Stage::Auth, "235 welcome").await,
                "MAIL" => {
                    from = address_in(&command);
                    self.reply(Stage::Mail, "250 ok").await
                }
                "RCPT" => {
                    to = address_in(&command);
                    let refusal = self.state().refused.get(&to).cloned();
                    match refusal {
                        Some(refusal) => refusal,
                        None => self.reply(Stage::Rcpt, "250 ok").await,
                    }
                }
                "DATA" => {
                    let reply = self.reply(Stage::Data, "354 go on").await;
                    if reply.starts_with("354") {
                        self.say(&mut stream, &reply).await?;
                        let raw = read_data(&mut stream).await?;
                        self.take(Mail::new(&from, &to, raw)).await?
                    } else {
                        reply
                    }
                }
                "QUIT" => return self.say(&mut stream, "221 bye").await,
                "RSET" | "NOOP" => "250 ok".to_owned(),
                _ => "500 what?".to_owned(),
            };
            self.say(&mut stream, &reply).await?;
        }
    }

    /// The reply at `stage`, once it is no longer held: the scripted one, or `usually`.
    async fn reply(&self, stage: Stage, usually: &str) -> String {
        let mut held = self.held.subscribe();
        let _ = held.wait_for(|held| *held != Some(stage)).await;
        let mut state = self.state();
        let scripted = state.next.get_mut(&stage).and_then(|replies| replies.pop_front());
        scripted.or_else(|| state.always.get(&stage).cloned()).unwrap_or(usually.to_owned())
    }

    fn offers(&self, is_encrypted: bool) -> String {
        let mut lines = vec!["test".to_owned()];
        lines.extend(self.state().extensions.clone());
        if self.tls.is_some() && !is_encrypted {
            lines.push("STARTTLS".to_owned());
        }
        let last = lines.pop().unwrap();
        lines.iter().map(|line| format!("250-{line}\r\n")).collect::<String>() + "250 " + &last
    }

    /// Sends a reply. The connection ends after an empty reply, and after 421.
    async fn say(&self, stream: &mut Stream, reply: &str) -> std::io::Result<()> {
        let closed = self.state().closed.clone();
        let reply = closed.as_deref().unwrap_or(reply);
        if !reply.is_empty() {
            stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
            stream.flush().await?;
        }
        let is_last = closed.is_some() || reply.is_empty() || reply.starts_with("421");
        if is_last { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    /// Accepts or refuses a mail. Returns the reply.
    async fn take(&self, mail: Mail) -> std::io::Result<String> {
        let is_held = *self.held.borrow() == Some(Stage::Dot);
        let (is_dropped, pace) = {
            let mut state = self.state();
            state.seen.push(mail.message_id.clone());
            let is_dropped = state.drops > 0;
            state.drops = state.drops.saturating_sub(1);
            if is_dropped || is_held {
                state.unanswered.push(mail.clone());
            }
            (is_dropped, state.paces.pop_front().unwrap_or(state.pace))
        };
        if is_dropped {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        let reply = self.reply(Stage::Dot, "250 queued as 4711").await;
        // The server's pace. It does not wait for anything.
        tokio::time::sleep(pace).await;
        let mut state = self.state();
        if reply.starts_with("250 ") {
            state.taken.push(mail.message_id.clone());
            state.mails.push_back(mail);
            state.received += 1;
            self.arrived.notify_waiters();
        }
        Ok(reply)
    }
}

/// The address between the angle brackets of `MAIL FROM:<…>`.
fn address_in(command: &str) -> String {
    let inside = command.split_once('<').and_then(|(_, rest)| rest.split_once('>'));
    inside.map(|(address, _)| address.to_owned()).unwrap_or_default()
}

/// Everything up to the final dot, with dots unstuffed (RFC 5321, section 4.5.2).
async fn read_data(stream: &mut Stream) -> std::io::Result<String> {
    let mut raw = String::new();
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await? == 0 {
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
