//! What the mail server says, and where it was told to misbehave.

use std::{io::ErrorKind, time::Instant};

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};

use super::{Mail, SmtpServer, Stage};

impl SmtpServer {
    pub(super) async fn serve(self, listener: TcpListener) {
        while let Ok((stream, _)) = listener.accept().await {
            let server = self.clone();
            actix_rt::spawn(async move {
                // A client that goes away in the middle is its own business.
                let _ = server.converse(BufReader::new(stream)).await;
            });
        }
    }

    async fn converse(&self, mut stream: BufReader<TcpStream>) -> std::io::Result<()> {
        self.hold_up(Stage::Greeting, &mut stream).await?;
        self.say(&mut stream, "220 test ESMTP").await?;
        let (mut from, mut to) = (String::new(), String::new());
        loop {
            let mut line = String::new();
            if stream.read_line(&mut line).await? == 0 {
                return Ok(());
            }
            let command = line.trim_end().to_owned();
            self.state().heard.push((Instant::now(), command.clone()));
            let reply = match command.get(..4).unwrap_or_default().to_ascii_uppercase().as_str() {
                "EHLO" => {
                    self.hold_up(Stage::Hello, &mut stream).await?;
                    "250-test\r\n250-8BITMIME\r\n250-AUTH PLAIN\r\n250 SMTPUTF8".to_owned()
                }
                "AUTH" => self.state().reply_to_login.clone().unwrap_or("235 welcome".to_owned()),
                "MAIL" => {
                    from = address_in(&command);
                    "250 ok".to_owned()
                }
                "RCPT" => {
                    to = address_in(&command);
                    let mut state = self.state();
                    let refusal = state.refused.get(&to).cloned();
                    refusal.or_else(|| state.replies_to_rcpt.pop_front()).unwrap_or("250 ok".into())
                }
                "DATA" => {
                    self.hold_up(Stage::Data, &mut stream).await?;
                    self.say(&mut stream, "354 go on").await?;
                    let raw = read_data(&mut stream).await?;
                    self.take(Mail::new(&from, &to, raw), &mut stream).await?;
                    "250 queued as 4711".to_owned()
                }
                "QUIT" => return self.say(&mut stream, "221 bye").await,
                "RSET" | "NOOP" => "250 ok".to_owned(),
                _ => "500 what?".to_owned(),
            };
            self.say(&mut stream, &reply).await?;
        }
    }

    async fn say(&self, stream: &mut BufReader<TcpStream>, reply: &str) -> std::io::Result<()> {
        let closed = self.state().closed.clone();
        let reply = closed.as_deref().unwrap_or(reply);
        stream.write_all(format!("{reply}\r\n").as_bytes()).await?;
        if closed.is_some() { Err(ErrorKind::ConnectionAborted.into()) } else { Ok(()) }
    }

    async fn take(&self, mail: Mail, stream: &mut BufReader<TcpStream>) -> std::io::Result<()> {
        let is_held = *self.held.borrow() == Some(Stage::Dot);
        let (is_dropped, pace) = {
            let mut state = self.state();
            state.seen.push(mail.message_id.clone());
            let is_dropped = state.drops > 0;
            state.drops = state.drops.saturating_sub(1);
            if is_dropped || is_held {
                state.unanswered.push(mail.clone());
            }
            (is_dropped, state.pace)
        };
        if is_dropped {
            return Err(ErrorKind::ConnectionAborted.into());
        }
        self.hold_up(Stage::Dot, stream).await?;
        // Waits for nothing: it is a slow server, if it was told to be one.
        tokio::time::sleep(pace).await;
        let mut state = self.state();
        state.mails.push_back(mail);
        state.received += 1;
        self.arrived.notify_waiters();
        Ok(())
    }

    /// Waits while `stage` is held; an error when the client loses patience.
    async fn hold_up(
        &self,
        stage: Stage,
        stream: &mut BufReader<TcpStream>,
    ) -> std::io::Result<()> {
        let mut held = self.held.subscribe();
        tokio::select! {
            biased;
            _ = held.wait_for(|held| *held != Some(stage)) => Ok(()),
            _ = stream.fill_buf() => Err(ErrorKind::ConnectionAborted.into()),
        }
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
            return Err(ErrorKind::UnexpectedEof.into());
        }
        if line == ".\r\n" {
            return Ok(raw);
        }
        raw.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
